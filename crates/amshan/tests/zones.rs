//! The rule of each maker on what its times are worth, held against the simulator, which knows what time it really was.

use amshan::cosem::{Key, Keys};
use amshan::dlde::Check;
use amshan::meters::{Clock, LAYOUTS, MeterClock};
use amshan::quantity::{OffsetBy, TimeError};
use amshan::{Decoder, Framing, Message, Messages, Reader, Season};
use amshan_sim::lists;
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// What a message says of its clock.
fn clock(message: &amshan_sim::Message) -> Option<MeterClock> {
    let keys = message.key.map(|key| Keys {
        encryption: Key::from_octets(&key).unwrap(),
        authentication: message.auth_key.map(|key| Key::from_octets(&key).unwrap()),
    });
    let decoder = keys.as_ref().map_or_else(Decoder::new, |keys| Decoder::new().keys(keys));
    let mut bytes = message.bytes.clone();
    if bytes.first() == Some(&0x0F) {
        let bare = Message::bare(Framing::Apdu, 0, &mut bytes);
        return decoder.readings(bare).next().unwrap().unwrap().clock();
    }
    let reader = Reader::new().check_p1(Check::ArcOrX25);
    let mut messages = Messages::with(&message.bytes[..], reader);
    let message = messages.next_message().unwrap().unwrap();
    decoder.readings(message).next().unwrap().unwrap().clock()
}

/// The zone where a list is sent.
fn zone(country: &str) -> TimeZone {
    let name = match country {
        "LT" => "Europe/Vilnius",
        "FI" => "Europe/Helsinki",
        "SE" => "Europe/Stockholm",
        _ => "Europe/Berlin",
    };
    TimeZoneDatabase::bundled().get(name).unwrap()
}

/// How far each list's clock is found to be from UTC, and how far it is.
fn each(instant: &str, mut look: impl FnMut(&'static str, Result<(i32, OffsetBy), TimeError>, i32)) {
    let milliseconds = instant.parse::<Timestamp>().unwrap().as_millisecond();
    let mut tried = 0;
    for list in lists() {
        let message = list.message(3, u64::try_from(milliseconds).unwrap());
        let (Some(found), Some(truth)) = (clock(&message), message.clock) else { continue };
        let offset = found.time.offset_in(&zone(list.country), found.season);
        tried += 1;
        look(
            list.name,
            offset.map(|found| (found.offset.seconds() / 60, found.by)),
            truth.offset_minutes.into(),
        );
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn the_offset_is_right_where_the_zone_is_told() {
    for instant in ["2026-01-14T19:59:00Z", "2026-07-14T19:59:00Z"] {
        each(instant, |list, found, truth| {
            assert_eq!(found.map(|(offset, _)| offset), Ok(truth), "{list} at {instant}");
        });
    }
}

#[test]
fn the_doubled_hour_is_right_or_named() {
    for instant in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
        let (mut right, mut ambiguous) = (0, 0);
        each(instant, |list, found, truth| match found {
            Ok((offset, _)) => {
                assert_eq!(offset, truth, "{list} at {instant}");
                right += 1;
            }
            Err(error) => {
                assert_eq!(error, TimeError::Ambiguous, "{list}");
                // Nothing in these says which it is.
                assert!(
                    ["aidon", "kaifa-no", "kaifa-se-bare", "landisgyr", "p1-dk-nes"]
                        .iter()
                        .any(|known| list.starts_with(known)),
                    "{list}"
                );
                ambiguous += 1;
            }
        });
        assert!(right > 40 && ambiguous > 3, "{right} right, {ambiguous} ambiguous");
    }
}

#[test]
fn each_maker_has_a_rule() {
    for (name, rule) in [
        ("aidon-no-list-3", Clock::Local),
        ("aidon-se", Clock::Normal),
        ("kaifa-no-list-3", Clock::AsSent),
        ("kaifa-se", Clock::AsSent),
        ("netz-noe", Clock::AsSent),
        ("kaifa-ma309", Clock::AsSent),
        ("kamstrup", Clock::WithSeason),
        ("kamstrup-ct", Clock::WithSeason),
        ("landisgyr-push", Clock::AsSent),
        ("iskraemeco-kelag", Clock::AsSent),
    ] {
        let layout = LAYOUTS.iter().find(|layout| layout.name == name).unwrap();
        assert_eq!(layout.clock, rule, "{name}");
    }
}

#[test]
fn the_season_is_told_with_the_clock() {
    let summer = 1_784_059_140_000;
    let season = |name| clock(&amshan_sim::list(name).unwrap().message(3, summer)).unwrap().season;
    assert_eq!(season("p1-dsmr-5.0"), Some(Season::Summer));
    assert_eq!(season("kaifa-no-list-2"), None);
}
