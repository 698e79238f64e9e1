//! Every list against the counts and types of the tables of `protocol/meters.md`.

mod walk;

use amshan_sim::{START_MS, list, lists, meters};

/// Shapes: `o` an octet-string of six, `t` of twelve, `x` of another length, `s` visible-string, `U` u32, `u` u16,
/// `L` u64, `l` i64, `i` i16, `c` i8, `C` u8, `e` enum, `b` boolean, `0` null.
#[test]
fn lists_have_the_types_of_the_tables() {
    let record = |types: &str| -> String {
        types
            .chars()
            .map(|t| if "st".contains(t) { format!("(o{t})") } else { format!("(o{t}(ce))") })
            .collect()
    };
    let pairs = |types: &str| -> String { types.chars().map(|t| format!("o{t}")).collect() };
    let definitions = |count: usize| format!("[{}]", "(uocu)".repeat(count));
    let triples = |types: &str| -> String { types.chars().map(|t| format!("o{t}(ce)")).collect() };
    for (name, shape) in [
        ("aidon-no-list-1", "[(oU(ce))]".to_owned()),
        ("aidon-no-list-2-1p", format!("[{}]", record("sssUUUUiu"))),
        ("aidon-no-list-2-3w", format!("[{}]", record("sssUUUUiiuuu"))),
        ("aidon-no-list-2", format!("[{}]", record("sssUUUUiiiuuu"))),
        ("aidon-no-list-3-1p", format!("[{}]", record("sssUUUUiutUUUU"))),
        ("aidon-no-list-3-3w", format!("[{}]", record("sssUUUUiiuuutUUUU"))),
        ("aidon-no-list-3", format!("[{}]", record("sssUUUUiiiuuutUUUU"))),
        ("aidon-se", format!("[{}]", record("tUUUUiiiuuuUUUUUUUUUUUUUUUU"))),
        ("kaifa-no-list-1", "(U)".to_owned()),
        ("kaifa-no-list-2-1p", "(xxxUUUUUU)".to_owned()),
        ("kaifa-no-list-2", "(xxxUUUUUUUUUU)".to_owned()),
        ("kaifa-no-list-3-1p", "(xxxUUUUUUtUUUU)".to_owned()),
        ("kaifa-no-list-3", "(xxxUUUUUUUUUUtUUUU)".to_owned()),
        ("kaifa-no-list-3-ct", "(xxxUUUUUUUUUUtLLLL)".to_owned()),
        ("kaifa-se", format!("({})", pairs("xxxUUUUUUUUUUtUUUU"))),
        ("kaifa-at-noe", format!("(t{}t)", triples("UUUUuuuuuuu"))),
        ("kaifa-at-noe-1p", format!("(t{}t)", triples("UUUUuuu"))),
        ("kaifa-at-tinetz", format!("(ot(ox)(ox){})", record("uuuuuuUUUUUU"))),
        ("kamstrup-no-25", format!("(s{})", pairs("ssUUUUUUUuuu"))),
        ("kamstrup-no-35", format!("(s{})", pairs("ssUUUUUUUuuutUUUU"))),
        ("kamstrup-no-25-1p", format!("(s{}0000ou0000)", pairs("ssUUUUU"))),
        ("kamstrup-no-35-1p", format!("(s{}0000ou0000{})", pairs("ssUUUUU"), pairs("tUUUU"))),
        ("kamstrup-no-15", format!("(s{})", pairs("ssUUutU"))),
        ("kamstrup-push-65", format!("(s{})", pairs("UUUUUUUUUtuuuUUUUUUuuuuUUUUUUUUU"))),
        ("kamstrup-push-37", format!("(s{})", pairs("UUUUUUUUUtuUUuuUUU"))),
        ("landisgyr-no-list-2", format!("[{}]", record("sssUUUUiiiuuu"))),
        ("landisgyr-e450-push-1", format!("({}oxUUUUUUUUuuu)", definitions(14))),
        ("landisgyr-e450-push-2", format!("({}oxUUUU)", definitions(7))),
        ("landisgyr-e570-push-1-encrypted", format!("({}oxtllllLLLLLLllli)", definitions(18))),
        ("landisgyr-e570-vse-2026", format!("({}xLLLLllllllll)", definitions(14))),
        ("landisgyr-e360-vse-2026", format!("({}xUUUUUUuuuuuu)", definitions(14))),
        ("landisgyr-first-generation", format!("(t{})", pairs("UUUUUUUUUUUUUUUU"))),
        ("landisgyr-at-burgenland", "(uuuuuuUUUUuuux)".to_owned()),
        ("iskraemeco-si-a", "(xxUUUUuuuuuuUUUUUU)".to_owned()),
        ("iskraemeco-si-b", "(xxuuuuuuUUUU)".to_owned()),
        ("iskraemeco-si-c", "(xxexUUUUUUUU)".to_owned()),
        ("iskraemeco-si-c-boolean", "(xxbxUUUUUUUU)".to_owned()),
        ("iskraemeco-si-d-9", "(xxUUUUuUU)".to_owned()),
        ("iskraemeco-si-d-10", "(xxUUUUuuUU)".to_owned()),
        ("iskraemeco-si-d-energy", "(xUUUUUUUU)".to_owned()),
        ("iskraemeco-si-e", "(xCUU)".to_owned()),
        ("iskraemeco-ch-f", format!("((ox)(oo){})", record("UUUUuuuuuuUUUU"))),
        ("iskraemeco-at-kelag", "(oxxxUUUUUUxx)".to_owned()),
        ("iskraemeco-hr-h", "(xxxUUUUUUUUUUUUuUUUUUUuuuuuuU[u][u][u]b)".to_owned()),
        ("iskraemeco-at-wien", "(tUUUUUUUU)".to_owned()),
        ("iskraemeco-ch-vse-2026", format!("({}xUUUUUUuuuuuu)", definitions(14))),
        ("siemens-at-wien", "(xtUUUUUUUU)".to_owned()),
        ("sagemcom-at-noe", format!("(t{}t)", triples("UUUUuuuuuuu"))),
        ("sagemcom-at-noe-overflow", format!("(t{}t)", triples("UUUUuuuuuui"))),
        ("energomera-ru", format!("([{}]tUUU)", "(uocu(e00)[])".repeat(5))),
    ] {
        let message = list(name).expect(name).message(3, START_MS);
        let mut found = String::new();
        let rest = walk::shape(walk::body(&message.plain), &mut found);
        assert_eq!((found.as_str(), rest), (shape.as_str(), Some(&[][..])), "{name}");
    }
}

#[test]
fn lists_announce_their_elements() {
    for list in lists().iter().filter(|list| list.elements > 0) {
        for seed in 0..8 {
            let message = list.message(seed, START_MS);
            let body = walk::body(&message.plain);
            assert_eq!(walk::announced(body), list.elements, "{}", list.name);
            let cut = list.name == "iskraemeco-at-kelag-cut";
            if list.framing != "apdu" {
                let rest = walk::shape(body, &mut String::new());
                let left = rest.map(<[u8]>::len);
                let more = if list.name == "landisgyr-e450-stray" { 2 * (3 + 30) } else { 0 };
                assert_eq!(left, (!cut).then_some(more), "{}", list.name);
            }
        }
    }
}

#[test]
fn descriptors_have_no_tags() {
    for (name, count) in [("sagemcom-cz-xt211", 22), ("egd-cz", 27)] {
        let message = list(name).unwrap().message(3, START_MS);
        assert_eq!(message.bytes, message.plain);
        let body = walk::body(&message.plain);
        assert_eq!(body[..6], [0x02, 0x02, 0x16, 0x01, 0x01, count]);
        let mut rest = &body[6..];
        for _ in 0..count {
            assert_eq!(rest[..3], [0x02, 0x02, 0x00]);
            rest = walk::shape(&rest[11..], &mut String::new()).unwrap();
        }
        assert!(rest.is_empty(), "{name}");
    }
}

#[test]
fn texts_are_lines_of_the_right_form() {
    for list in lists().iter().filter(|list| list.elements == 0) {
        let message = list.message(3, START_MS);
        let text = String::from_utf8(message.plain).unwrap();
        assert!(text.is_ascii() && text.starts_with('/') && text.ends_with("\r\n"), "{}", list.name);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        let (head, end) = text.split_once('!').unwrap_or_default();
        assert_eq!(head.lines().nth(1), Some(""), "{}", list.name);
        assert!(head.ends_with("\r\n") && end.len() <= 6, "{}", list.name);
    }
}

/// dlde.md, section 5.2, 5.4, 1.2: forms that no rule of the table makes.
#[test]
fn telegrams_hold_the_forms_that_are_special() {
    for (name, form) in [
        ("p1-dsmr-2.2", "7-0:23.1.0(2601141100)("),
        ("p1-dsmr-3.0", "0-1:24.3.0(260114110000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(0"),
        ("p1-dsmr-4.2", "1-0:99.97.0(2)(0-0:96.7.19)("),
        ("p1-dsmr-5.0", "0-2:24.2.1(700101010000W)(00000000)\r\n"),
        ("p1-be", "0-0:98.1.0(13)(1-0:1.6.0)(1-0:1.6.0)(250101000000W)(632525252525W)(00.000*kW)("),
        ("p1-be", "0-1:24.2.3(260114115500W)("),
        ("p1-dk-nes", "0-0:1.0.0(20260114 11:59:00)\r\n"),
        ("p1-hu", "0-0:96.14.0(TARIFF 1)\r\n0-0:96.3.10(ON)\r\n"),
        ("p1-hu-holley", "0-0:98.1.0(\r\n0-0:1.0.0(260101000000T)\r\n"),
        ("p1-at-steiermark", "*Wh)\r\n"),
        ("p1-si", "1-0:0.9.1(115900)\r\n1-0:0.9.2(260114)\r\n"),
        ("easymeter-q3d", "1-0:1.8.0*255(000"),
        ("p1-fi", "0-0:1.0.0(260114125900W)\r\n"),
        ("p1-nl-warmtelink", "*GJ)\r\n!"),
    ] {
        let text = String::from_utf8(list(name).expect(name).message(3, START_MS).plain).unwrap();
        assert!(text.contains(form), "{name}: {form}\n{text}");
    }
    let hungary = list("p1-hu").unwrap().message(3, START_MS).plain;
    let line = String::from_utf8(hungary).unwrap();
    let line = line.lines().find(|line| line.starts_with("0-0:98.1.0")).unwrap().to_owned();
    assert_eq!(line.matches('(').count(), 1 + 19);
}

/// What the captures and documents say of frames: addresses, lengths, pieces.
#[test]
fn frames_begin_as_on_the_wire() {
    for (name, octets) in [
        ("aidon-no-list-1", &[0x7E, 0xA0, 0x2A, 0x41, 0x08, 0x83, 0x13][..]),
        ("kaifa-no-list-1", &[0x7E, 0xA0, 0x27, 0x01, 0x02, 0x01, 0x10]),
        ("kamstrup-no-25", &[0x7E, 0xA0, 0xE2, 0x2B, 0x21, 0x13, 0x23, 0x9A]),
        ("kamstrup-dk-65", &[0x7E, 0xA1, 0xE9, 0x41, 0x03, 0x13]), // 489 octets
        ("kamstrup-dk-37", &[0x7E, 0xA1, 0x3B, 0x41, 0x03, 0x13]), // 315
        ("landisgyr-at-burgenland", &[0x7E, 0xA0, 0x76, 0xCE, 0xFF, 0x03, 0x13]), // 118
        ("siemens-at-wien", &[0x7E, 0xA0, 0x7B, 0xCF, 0x00, 0x02, 0x00, 0x23, 0x13]),
        ("iskraemeco-ch-f", &[0x7E, 0xA8, 0xA4, 0xCF, 0x02, 0x23, 0x03]),
        ("landisgyr-e450-stray", &[0x7E, 0xA0, 0x6D, 0xCE, 0xFF, 0x03, 0x13]), // 109
        ("kaifa-at-noe", &[0x68, 0xFA, 0xFA, 0x68, 0x53, 0xFF, 0x00, 0x01, 0x67, 0xDB, 0x08]),
        ("kaifa-at-tinetz", &[0x68, 0xFA, 0xFA, 0x68, 0x53, 0xFF, 0x00, 0x01, 0x67, 0xDB, 0x08]),
        ("sagemcom-at-noe-overflow", &[0x68, 0x01, 0x01, 0x68, 0x53, 0xFF, 0x00, 0x01, 0x67, 0xDB]),
        ("p1-lu", &[0xDB, 0x08, 0x53, 0x41, 0x47]),
    ] {
        let message = list(name).expect(name).message(3, START_MS);
        assert_eq!(message.bytes[..octets.len()], *octets, "{name}: {:02X?}", &message.bytes[..12]);
    }
    let tinetz = list("kaifa-at-tinetz").unwrap().message(3, START_MS).bytes;
    assert_eq!(tinetz[256..260], [0x68, 0x72, 0x72, 0x68]);
    let segments = list("iskraemeco-ch-f").unwrap().message(3, START_MS).bytes;
    assert_eq!((segments[167], segments[168], segments[333], segments[334]), (0xA8, 0xA4, 0xA0, 0x2D));
    let overflow = list("sagemcom-at-noe-overflow").unwrap().message(3, START_MS).bytes;
    assert_eq!(overflow[263..267], [0x68, 0x0D, 0x0D, 0x68]);
}

#[test]
fn the_same_seed_and_time_give_the_same_octets() {
    for list in lists() {
        assert_eq!(list.message(5, START_MS), list.message(5, START_MS), "{}", list.name);
        assert_ne!(list.message(5, START_MS).bytes, list.message(6, START_MS).bytes, "{}", list.name);
    }
}

#[test]
fn names_are_unique_and_every_meter_sends() {
    let mut names: Vec<&str> = lists().iter().map(|list| list.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for meter in meters() {
        for push in meter.pushes {
            let list = list(push.list).expect(push.list);
            assert_eq!((list.maker, list.country), (meter.maker(), meter.country()), "{}", push.list);
        }
        for n in 0..50 {
            assert!(!meter.message(n, 9).bytes.is_empty());
        }
        let keyed = meter.message(0, 9).key.is_some();
        assert_eq!(meter.needs_key(), keyed);
    }
}

#[test]
fn the_hour_brings_the_hourly_list() {
    for (name, hourly, n) in [
        ("aidon-no-3p", "aidon-no-list-3", 28),
        ("kaifa-no-1p", "kaifa-no-list-3-1p", 35),
        ("kamstrup-no-3p", "kamstrup-no-35", 6),
        ("landisgyr-e450", "landisgyr-e450-push-3", 12),
        ("iskraemeco-si-3p", "iskraemeco-si-c", 12),
    ] {
        let meter = amshan_sim::meter(name).expect(name);
        let sent: Vec<u64> = (0..60).filter(|&n| meter.message(n, 1).list == hourly).collect();
        assert_eq!(sent, [n], "{name}");
    }
}

#[test]
fn values_and_texts_say_what_is_in_the_message() {
    for list in lists().iter().filter(|list| list.name != "landisgyr-e450-stray") {
        let message = list.message(3, START_MS);
        let mut names: Vec<&str> = message.values.iter().map(|(name, _)| *name).collect();
        if list.name != "landisgyr-e450-push-3" && list.name != "p1-nl-warmtelink" {
            assert!(
                message.value("active_power_import").is_some()
                    || list.name.contains("-c")
                    || list.name.contains("push-2")
                    || list.name.contains("-e")
                    || list.name.ends_with("cut"),
                "{}",
                list.name
            );
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{}: a field twice", list.name);
        for (name, value) in &message.values {
            assert!(!value.is_negative() || name.ends_with("_net"), "{}: {name} {value}", list.name);
        }
    }
    let message = list("aidon-no-list-3").unwrap().message(3, 1_768_388_410_000);
    assert_eq!(message.text("list_ver_id"), Some("AIDON_V0001"));
    assert_eq!(message.clock.map(|clock| (clock.hour, clock.minute, clock.second)), Some((12, 0, 0)));
    let embriq = list("landisgyr-no-list-2").unwrap().message(3, START_MS);
    assert_eq!(embriq.text("meter_type"), None);
    assert_eq!(embriq.text("meter_id").map(str::len), Some(12));
}

#[test]
fn debug_shows_no_key() {
    let message = list("p1-lu").unwrap().message(3, START_MS);
    let shown = format!("{message:?}");
    assert!(!shown.contains("key"));
}
