//! A list or telegram that came before is read as if it had not come before.

use amshan_cosem::Apdu;
use amshan_dlde::Readout;
use amshan_meters::{By, Element, Field, Form, LAYOUTS, Layout, Lists, Reading, Transformers};
use amshan_quantity::{Decimal, Obis, Unit};
use amshan_sim::{Message, Rng, START_MS};

/// All that a reading says.
fn said(reading: &Reading<'_>) -> String {
    let (mut fields, mut others) = (Vec::new(), Vec::new());
    reading.each_field(
        |field, value| fields.push(format!("{field} = {value:?}")),
        |other| others.push(format!("{other:?}")),
    );
    let each: Vec<_> = reading.fields().map(|(field, value)| format!("{field} = {value:?}")).collect();
    assert_eq!(fields, each, "given one by one and all at once");
    let objects: Vec<_> = reading.placed().map(|(octets, object)| format!("{octets:?} {object:?}")).collect();
    let layout = reading.layout().map(|layout| layout.name);
    let power = reading.get(Field::ACTIVE_POWER_IMPORT);
    format!(
        "{layout:?} {:?} {:?} {power:?} {:?} {fields:#?} {others:#?} {objects:#?}",
        reading.by(),
        reading.clock(),
        reading.cut()
    )
}

/// The reading of a message that did not come before; `None`: it is no whole data-notification.
fn read<'a>(message: &'a [u8], layouts: impl IntoIterator<Item = &'a Layout<'a>>) -> Option<Reading<'a>> {
    let Ok((Apdu::DataNotification(notification), [])) = Apdu::parse(message) else { return None };
    Some(Reading::of_notification(&notification, layouts))
}

/// What the simulated meters send in the clear: of each list some messages, and some of another meter.
fn sent() -> impl Iterator<Item = Vec<Message>> {
    amshan_sim::lists().iter().filter_map(|list| {
        let meters = [1, 1, 1, 1, 2, 2];
        let messages = meters.iter().zip((START_MS..).step_by(3_600_000 * 400));
        let messages: Vec<_> = messages.map(|(meter, time)| list.message(*meter, time)).collect();
        messages.iter().all(|message| message.plain.first() == Some(&0x0F)).then_some(messages)
    })
}

#[test]
fn messages_with_other_values_are_known_and_say_the_same() {
    let mut never = Vec::new();
    for messages in sent() {
        let lists = Lists::new(&[]);
        assert!(lists.reading(&messages[0].plain).is_none(), "nothing came before");
        lists.learn(&messages[0].plain);
        let mut known = 0;
        for Message { plain, list, .. } in &messages {
            if let Some(reading) = lists.reading(plain) {
                let expected = read(plain, LAYOUTS).unwrap_or_else(|| panic!("{list} is a push"));
                assert_eq!(said(&reading), said(&expected), "{list}");
                known += 1;
            }
        }
        if known < 2 {
            never.push(messages[0].list);
        }
    }
    never.sort_unstable();
    // Descriptors without tags; dates and times of four or five octets; a structure that is cut; octets behind the list.
    assert_eq!(
        never,
        [
            "egd-cz",
            "iskraemeco-at-kelag",
            "iskraemeco-at-kelag-cut",
            "iskraemeco-hr-h",
            "landisgyr-e450-stray",
            "sagemcom-cz-xt211"
        ]
    );
}

#[test]
fn a_message_that_is_known_with_any_octet_changed_says_the_same() {
    let mut rng = Rng::new(7);
    for messages in sent() {
        let lists = Lists::new(&[]);
        lists.learn(&messages[0].plain);
        let whole = &messages[0].plain;
        for place in 0..whole.len() {
            for bits in [1 << (place % 8), 0x80, 0xFF, whole[place], rng.next_u64() as u8] {
                let mut message = whole.clone();
                message[place] ^= bits;
                if let Some(reading) = lists.reading(&message) {
                    let expected = read(&message, LAYOUTS).unwrap_or_else(|| panic!("{message:02x?}"));
                    assert_eq!(said(&reading), said(&expected), "{message:02x?}");
                }
            }
        }
    }
}

#[test]
fn what_chooses_the_layout_has_to_be_the_same() {
    let message = amshan_sim::list("kamstrup-no-25").unwrap().message(1, START_MS).plain;
    let lists = Lists::new(&[]);
    lists.learn(&message);
    assert_eq!(lists.reading(&message).unwrap().layout().unwrap().name, "kamstrup");
    // The type of the meter tells that it measures through transformers.
    let at = message.windows(3).position(|octets| octets == b"684").unwrap();
    let mut other = message.clone();
    other[at..at + 3].copy_from_slice(b"685");
    assert_eq!(read(&other, LAYOUTS).unwrap().layout().unwrap().name, "kamstrup-ct");
    assert!(lists.reading(&other).is_none());
    lists.learn(&other);
    for (message, layout) in [(&message, "kamstrup"), (&other, "kamstrup-ct")] {
        assert_eq!(lists.reading(message).unwrap().layout().unwrap().name, layout);
    }
}

const POWER: Obis = Obis::new(1, 0, 1, 7, 0, 255);

/// Aidon's list 1, in other words.
const OWN: Layout<'static> = Layout {
    name: "own",
    form: Form::Codes,
    outer: amshan_cosem::Type::ARRAY,
    elements: &[Element {
        fixed: true,
        ..Element::number(POWER, amshan_cosem::Type::DOUBLE_LONG_UNSIGNED, 3, Unit::WATT)
    }],
    ..Layout::EMPTY
};

#[test]
fn own_layouts_are_known_by_too() {
    let [first, second] = [START_MS, START_MS + 1000]
        .map(|time| amshan_sim::list("aidon-no-list-1").unwrap().message(1, time).plain);
    for lists in [Lists::new(&[OWN]), Lists::only(&OWN)] {
        lists.learn(&first);
        let reading = lists.reading(&second).unwrap();
        assert_eq!((reading.by(), reading.layout().unwrap().name), (By::Layout, "own"));
        assert_eq!(said(&reading), said(&read(&second, [&OWN]).unwrap()));
        let power = reading.get(Field::ACTIVE_POWER_IMPORT).unwrap();
        assert_eq!(power.number().unwrap().exponent(), 3, "{power}");
    }
    let nobodys = amshan_sim::list("kaifa-no-list-1").unwrap().message(1, START_MS).plain;
    let only = Lists::only(&OWN);
    only.learn(&nobodys);
    assert_eq!(only.reading(&nobodys).unwrap().by(), By::Tree);
    // Such a layout asks for more than the message.
    for own in [Layout { sender: b"KFM", ..OWN }, Layout { framing: "hdlc", ..OWN }] {
        let own = [own];
        let lists = Lists::new(&own);
        lists.learn(&first);
        assert!(lists.reading(&first).is_none());
    }
}

/// The same code twice with different values, and `rest`, which are so many elements.
fn twice(power: u8, rest: &[u8], elements: u8) -> Vec<u8> {
    let code = [9, 6, 1, 0, 1, 7, 0, 255];
    let (one, other) = ([6, 0, 0, 0, power], [6, 0, 0, 0, power ^ 0x55]);
    [&[0x0F, 0, 0, 0, 0, 0, 2, elements + 4][..], &code, &one, &code, &other, rest].concat()
}

#[test]
fn what_a_layout_makes_of_numbers_is_the_same() {
    let transformed = Transformers { current: Decimal::new(40, 0), voltage: Decimal::new(1, 0) };
    let element = Element::number(POWER, amshan_cosem::Type::DOUBLE_LONG_UNSIGNED, 0, Unit::WATT);
    let plain = Layout { open: true, elements: &[element], ..Layout::EMPTY };
    let through = Layout { transformers: Some(transformed), ..plain };
    for (own, power) in [(plain, "2 W"), (through, "80 W")] {
        let lists = Lists::only(&own);
        let once = |power| {
            let mut message = twice(power, &[], 0);
            message.truncate(message.len() - 13);
            message[7] = 2;
            message
        };
        for [first, second] in [[1, 2].map(|power| twice(power, &[], 0)), [1, 2].map(once)] {
            lists.learn(&first);
            let reading = lists.reading(&second).unwrap();
            assert_eq!(reading.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string(), power);
            assert_eq!(said(&reading), said(&read(&second, [&own]).unwrap()));
        }
    }
}

#[test]
fn what_may_be_a_code_has_to_be_the_same() {
    let texts = [b"abcdef", b"\x01\x00\x02\x07\x00\xFF", b"\x0F\x00\x02\x07\x00\xFF"];
    let message = |text: &[u8; 6]| twice(1, &[&[9, 6][..], text, &[6, 0, 0, 0, 3]].concat(), 2);
    for first in texts {
        let lists = Lists::new(&[]);
        lists.learn(&message(first));
        assert!(lists.reading(&message(first)).is_some());
        for text in texts {
            let message = message(text);
            if let Some(reading) = lists.reading(&message) {
                assert_eq!(said(&reading), said(&read(&message, LAYOUTS).unwrap()), "{first:?} {text:?}");
            }
        }
    }
}

#[test]
fn so_many_lists_are_remembered_and_no_more() {
    let lists = Lists::new(&[]);
    // An octet string of another length each, first of all kinds that can't be known, then of all that can.
    let message = |length: u8, tag: u8| {
        let mut message = vec![0x0F, 0, 0, 0, 0, 0, 2, 2, 0x12, 0, 1, tag, length];
        message.extend(vec![b'x'; length.into()]);
        message
    };
    for length in 20..100 {
        lists.learn(&message(length, 9));
    }
    let known = (20..100).filter(|length| lists.reading(&message(*length, 9)).is_some()).count();
    assert_eq!(known, 64);
    let lists = Lists::new(&[]);
    for _ in 0..1000 {
        lists.learn(b"what is no message takes its place, too");
    }
    let like = [0x0F, 0, 0, 0, 0, 0, 2, 1, 9, 29].into_iter().chain([b'x'; 29]).collect::<Vec<_>>();
    assert_eq!(like.len(), b"what is no message takes its place, too".len());
    lists.learn(&like);
    assert!(lists.reading(&like).is_none());
}

/// A telegram of these lines, without a checksum.
fn telegram(lines: &str) -> Vec<u8> {
    format!("/ABC5\r\n\r\n{lines}!\r\n").into_bytes()
}

/// The readout of a telegram, which nothing checks if it is none.
fn readout(telegram: &[u8]) -> Option<Readout<'_>> {
    Readout::parse_prefix(telegram).ok().map(|(readout, _)| readout)
}

/// Whether a telegram is known, having said the same as if it was not.
fn is_known(lists: &Lists<'_>, telegram: &[u8]) -> bool {
    let Some(readout) = readout(telegram) else { return false };
    let known = lists.readout(readout);
    if let Some(reading) = known {
        let expected = said(&Reading::of_readout(readout));
        assert_eq!(said(&reading), expected, "{}", telegram.escape_ascii());
    }
    known.is_some()
}

/// What the simulated P1 ports send, without checksums: of each some telegrams.
fn telegrams() -> impl Iterator<Item = (&'static str, Vec<Vec<u8>>)> {
    amshan_sim::lists().iter().filter_map(|list| {
        let times = (START_MS..).step_by(3_600_000 * 400).take(4);
        let sent: Vec<_> = times.map(|time| list.message(1, time).plain).collect();
        let bare = |sent: Vec<u8>| {
            let mark = sent.iter().rposition(|octet| *octet == b'!').unwrap();
            [&sent[..mark], b"!\r\n"].concat()
        };
        let texts: Vec<_> = sent.into_iter().filter(|sent| sent.starts_with(b"/")).map(bare).collect();
        (!texts.is_empty()).then_some((list.name, texts))
    })
}

#[test]
fn telegrams_with_other_values_are_known_and_say_the_same() {
    let mut never = Vec::new();
    for (name, telegrams) in telegrams() {
        let lists = Lists::new(&[]);
        assert!(!is_known(&lists, &telegrams[0]), "nothing came before");
        lists.learn_readout(&readout(&telegrams[0]).unwrap());
        assert!(is_known(&lists, &telegrams[0]), "{name}");
        // Summer time has another letter, and so have messages.
        if !telegrams[1..].iter().any(|telegram| is_known(&lists, telegram)) {
            never.push(name);
        }
    }
    assert_eq!(never, [""; 0]);
}

#[test]
fn a_telegram_that_is_known_with_any_octet_changed_says_the_same() {
    let mut rng = Rng::new(9);
    for (_, telegrams) in telegrams() {
        let lists = Lists::new(&[]);
        lists.learn_readout(&readout(&telegrams[0]).unwrap());
        for place in 0..telegrams[0].len() {
            for octet in [b'0' + rng.below(10) as u8, rng.below(256) as u8, b")(*.-:\r "[place % 8]] {
                let mut telegram = telegrams[0].clone();
                telegram[place] = octet;
                is_known(&lists, &telegram);
            }
        }
        let mut known = 0;
        for _ in 0..200 {
            // All digits behind the identification, or some.
            let (mut telegram, rate) = (telegrams[0].clone(), 1 + rng.below(40));
            let inside = telegram.iter().position(|octet| *octet == b'(').unwrap();
            for octet in telegram[inside..].iter_mut().filter(|octet| octet.is_ascii_digit()) {
                if rng.below(rate) == 0 {
                    *octet = b'0' + rng.below(10) as u8;
                }
            }
            known += usize::from(is_known(&lists, &telegram));
        }
        assert!(known < 200);
    }
}

#[test]
fn what_a_telegram_says_of_its_numbers_has_to_be_the_same() {
    let said = "0-1:24.2.1(261122120000W)(00012.345*m3)\r\n0-2:24.2.1(00076.543*m3)\r\n1-0:1.7.0(01.193*kW)\r\n1-0:1.7.0(05.193*kW)\r\n";
    let lists = Lists::new(&[]);
    lists.learn_readout(&readout(&telegram(said)).unwrap());
    for (other, known) in [
        (said.replace("1.193", "9.999"), true),
        (said.replace("345", "000"), true),
        (said.replace("261122", "261322"), true),
        (said.replace("kW", "kV"), false),
        (said.replace("543*m3", "543*m4"), false),
        (said.replace("1.7.0(01.193", "1.7.1(01.193"), false),
        (said.replace("1.193", "11.93"), false),
        (said.replace("01.193", "-1.193"), false),
        (said.replace("W)", "S)"), false),
        (said.replace("01.193", "1.193"), false),
    ] {
        assert_eq!(is_known(&lists, &telegram(&other)), known, "{other}");
    }
}

#[test]
fn telegrams_in_other_forms_say_the_same() {
    for said in [
        // More digits than are read at once, and none behind the point.
        "1-0:1.8.0(000000.00000*kWh)\r\n1-0:2.8.0(123456789.1*kWh)\r\n1-0:1.7.0(12.*kW)\r\n1-0:2.7.0(.5*kW)\r\n",
        // Cubic metres are no number; blanks; a sign.
        "7-0:3.1.0(12345.6*m3)\r\n1-0:1.7.0( 01.1*kW)\r\n1-0:2.7.0(-1.1*kW)\r\n",
        // The form of DSMR 3, with the value on a line of its own, and one whose 1 is another number.
        "0-1:24.3.0(121030140000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(00001.001)\r\n",
        "0-1:24.3.0(121030140000)(00)(60)(2)(0-1:24.2.1)(m3)\r\n(00001.001)\r\n",
        "0-0:96.1.1(31323334)\r\n0-0:96.13.0()\r\n1-0:99.97.0(1)(0-0:96.7.19)(000101000001W)(0000000240*s)\r\n",
        // Lines that make no sense, before and behind others.
        "1-0:1.7.0(01.193*kW\r\n1-0:2.7.0(00.100*kW)\r\n0-0:98.1.0(\r\n0-0:1.0.0(261101000000W)\r\n12)\r\n",
        // Numbers where ids are, and a time before them.
        "0-0:96.1.0(240115123000S)(240*s)\r\n1-0:96.1.1(00012*kWh)\r\n0-0:42.0.0(7)\r\n",
        "1-1:0.0.5(240115123000W)(1*W*)\r\n1-1:0.0.5(12.5 * kW)\r\n",
        "1-0:32.7.0(230*V)\r\n0-0:96.14.0(0002)\r\n0-0:96.7.21(00004)\r\n",
    ] {
        let lists = Lists::new(&[]);
        lists.learn_readout(&readout(&telegram(said)).unwrap());
        assert!(is_known(&lists, &telegram(said)), "{said}");
        let mut rng = Rng::new(3);
        for _ in 0..2000 {
            let mut other = telegram(said);
            for octet in other.iter_mut().skip(9).filter(|octet| octet.is_ascii_digit()) {
                if rng.below(12) == 0 {
                    *octet = b'0' + rng.below(10) as u8;
                }
            }
            is_known(&lists, &other);
        }
    }
    // What is longer than a meter's is read each time.
    for (count, known) in [(256, true), (257, false)] {
        let lists = Lists::new(&[]);
        let long = telegram(&"0-0:96.13.1(1)\r\n".repeat(count));
        lists.learn_readout(&readout(&long).unwrap());
        assert_eq!(is_known(&lists, &long), known, "{count} lines");
    }
    // And so it is with layouts of one's own.
    let lists = Lists::new(&[OWN]);
    let right = telegram("1-0:1.7.0(01.193*kW)\r\n");
    lists.learn_readout(&readout(&right).unwrap());
    assert!(!is_known(&lists, &right));
}
