//! What meters send, undamaged, with values of its own in each message.

use amshan_sim::{Message, Rng, START_MS, hdlc, mbus};

use crate::noise;

/// Lists of Norwegian meters, short and long ones, as many frames.
pub const HDLC: &[&str] = &[
    "aidon-no-list-1",
    "aidon-no-list-2",
    "aidon-no-list-3",
    "kaifa-no-list-1",
    "kaifa-no-list-2",
    "kaifa-no-list-3",
    "kamstrup-no-25",
    "kamstrup-no-35",
];

/// Telegrams of three countries, as many readouts.
pub const P1: &[&str] = &["p1-dk", "p1-dsmr-5.0", "p1-se"];

/// Lists that fit into one M-Bus telegram.
pub const MBUS: &[&str] = &["kaifa-no-list-1", "kaifa-no-list-2", "kaifa-no-list-3"];

/// The messages of lists in turn, each with values of its own.
pub fn messages(lists: &[&str], count: usize) -> Vec<Message> {
    let lists: Vec<_> = lists.iter().map(|name| amshan_sim::list(name).expect(name)).collect();
    let times = (START_MS..).step_by(10_000);
    lists.iter().cycle().zip(times).take(count).map(|(list, time)| list.message(1, time)).collect()
}

/// What stands on the wire when these are sent.
pub fn stream(messages: &[Message]) -> Vec<u8> {
    messages.iter().flat_map(|message| &message.bytes).copied().collect()
}

/// The message in an M-Bus frame, which was never sent so; none of [`MBUS`] has more than one telegram.
pub fn mbus_frame(message: &Message) -> Vec<u8> {
    mbus::telegrams(&message.plain, 250)
}

/// The units one after the other, with one bit flipped inside every tenth, where a check covers it.
pub fn damaged(units: &[Vec<u8>]) -> Vec<u8> {
    let mut rng = Rng::new(3);
    let mut stream = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let start = stream.len();
        stream.extend(unit);
        if index % 10 == 0 {
            let half = unit.len() / 2;
            stream[start + half / 2 + rng.below(half as u64) as usize] ^= 1 << rng.below(8);
        }
    }
    stream
}

/// An HDLC frame of this many octets between its flags, without the closing one.
pub fn frame_of(octets: usize) -> Vec<u8> {
    let mut frame = hdlc::frame(&[1], &[2, 1], 0x10, &noise(octets - 10), false);
    frame.pop();
    frame
}
