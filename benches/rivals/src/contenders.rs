//! Who does what.

use amshan_benches::clean;

use crate::{floors, others, ours};

/// Reads a stream of units and says how many units, or how many values of them, it has found.
pub type Run = fn(&[u8]) -> usize;

/// The yardstick.
pub const MEMCPY: &str = "memcpy of the stream";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Frames with both their checks.
    Hdlc,
    /// Every value of the frames.
    HdlcValues,
    /// Every field that has a name.
    HdlcFields,
    /// Telegrams with their checksum.
    P1,
    /// Every value of the telegrams.
    P1Values,
    /// Every field that has a name.
    P1Fields,
}

impl Job {
    pub const ALL: [Self; 6] =
        [Self::Hdlc, Self::HdlcValues, Self::HdlcFields, Self::P1, Self::P1Values, Self::P1Fields];

    /// So that no job comes behind one with the same messages, which the caches would still hold.
    pub const IN_TURN: [Self; 6] =
        [Self::Hdlc, Self::P1, Self::HdlcValues, Self::P1Values, Self::HdlcFields, Self::P1Fields];

    pub fn name(self) -> &'static str {
        match self {
            Self::Hdlc => "HDLC read, HCS + FCS",
            Self::HdlcValues => "HDLC -> every value",
            Self::HdlcFields => "HDLC -> fields",
            Self::P1 => "P1 read + CRC",
            Self::P1Values => "P1 -> every value",
            Self::P1Fields => "P1 -> fields",
        }
    }

    /// What comes out, in a few words.
    pub fn result(self) -> &'static str {
        match self {
            Self::Hdlc => "HDLC frames, both checks",
            Self::HdlcValues => "every value in HDLC frames",
            Self::HdlcFields => "named values in HDLC frames",
            Self::P1 => "P1 telegrams, checksum",
            Self::P1Values => "every value in P1 telegrams",
            Self::P1Fields => "named values in P1 telegrams",
        }
    }

    /// So many messages as they are sent.
    pub fn units(self, messages: usize) -> Vec<Vec<u8>> {
        let lists = match self {
            Self::Hdlc | Self::HdlcValues | Self::HdlcFields => clean::HDLC,
            Self::P1 | Self::P1Values | Self::P1Fields => clean::P1,
        };
        clean::messages(lists, messages).into_iter().map(|message| message.bytes).collect()
    }
}

/// One way to do a job.
#[derive(Debug, Clone, Copy)]
pub struct Contender {
    pub job: Job,
    pub name: &'static str,
    pub run: Run,
}

impl Contender {
    /// All of them, job by job.
    pub fn all() -> Vec<Self> {
        let rows: &[(Job, &'static str, Run)] = &[
            (Job::Hdlc, MEMCPY, floors::copy),
            (Job::Hdlc, "floor: memchr, every 7E", floors::flags),
            (Job::Hdlc, "floor: length walk, no checks", floors::walk),
            (Job::Hdlc, "floor: length walk, table of 16", floors::walk_sixteen),
            (Job::Hdlc, "floor: length walk, table of 1", floors::walk_one),
            (Job::Hdlc, "hdlcparse 2.0", others::hdlcparse),
            (Job::Hdlc, "dlms-cosem-rs 0.1 Framer", others::framer),
            (Job::Hdlc, "amshan-hdlc frames", ours::frames),
            (Job::Hdlc, "amshan-hdlc FrameReader by 512", |octets| ours::frame_reader(octets, 512)),
            (Job::Hdlc, "amshan-hdlc FrameReader by 1", |octets| ours::frame_reader(octets, 1)),
            (Job::Hdlc, "amshan Reader, any framing", ours::messages),
            (Job::HdlcValues, "floor: walk, table of 16, flat pass", floors::values),
            (Job::HdlcValues, "dlms-cosem-rs 0.1", others::apdu_values),
            (Job::HdlcValues, "amshan-hdlc + amshan-cosem", ours::hdlc_values),
            (Job::HdlcFields, "amshan-hdlc + amshan-meters", ours::hdlc_fields),
            (Job::HdlcFields, "amshan-hdlc + amshan-meters, known lists", ours::hdlc_fields_known),
            (Job::HdlcFields, "amshan Reader + Decoder", ours::readings),
            (Job::HdlcFields, "amshan Reader + Decoder, known lists", ours::readings_known),
            (Job::P1, MEMCPY, floors::copy),
            (Job::P1, "floor: memchr, every LF", floors::lines),
            (Job::P1, "floor: memchr !, table of 16", floors::telegrams_sixteen),
            (Job::P1, "floor: memchr !, table of 1", floors::telegrams_one),
            (Job::P1, "dlms-cosem-rs 0.1, 1 KiB in hand", others::telegrams_1),
            (Job::P1, "dlms-cosem-rs 0.1, 64 KiB in hand", others::telegrams_64),
            (Job::P1, "dsmr5 0.4 Reader", others::dsmr5),
            (Job::P1, "amshan-dlde readouts", ours::readouts),
            (Job::P1, "amshan-dlde ReadoutReader by 512", |octets| ours::readout_reader(octets, 512)),
            (Job::P1, "amshan-dlde ReadoutReader by 1", |octets| ours::readout_reader(octets, 1)),
            (Job::P1, "amshan Reader, any framing", ours::messages),
            (Job::P1Values, "dlms-cosem-rs 0.1, exact decimals", others::telegram_values),
            (Job::P1Values, "dsmr5 0.4, lines that it knows", others::dsmr5_values),
            (Job::P1Values, "dsmr-parse 0.4", others::dsmr_parse),
            (Job::P1Values, "amshan-dlde, exact decimals", ours::p1_values),
            (Job::P1Fields, "amshan-dlde + amshan-meters", ours::p1_fields),
            (Job::P1Fields, "amshan-dlde + amshan-meters, known telegrams", ours::p1_fields_known),
            (Job::P1Fields, "amshan Reader + Decoder", ours::readings),
            (Job::P1Fields, "amshan Reader + Decoder, known telegrams", ours::readings_known),
        ];
        rows.iter().map(|&(job, name, run)| Self { job, name, run }).collect()
    }

    /// A name that no other has.
    pub fn key(&self) -> String {
        format!("{}: {}", self.job.name(), self.name)
    }

    /// The units that it can read, of these.
    pub fn units(&self, units: &[Vec<u8>]) -> Vec<Vec<u8>> {
        units.iter().filter(|unit| (self.run)(unit) > 0).cloned().collect()
    }
}
