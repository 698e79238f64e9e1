//! COSEM data and application messages.

use amshan_cosem::{Apdu, Body, Data, Error, ErrorKind, Node, parse};

use crate::feed::Stretch;

/// What a body takes and what it leaves are the input; the walk goes through all of it, and so does a second parse.
pub fn cosem_data(octets: &[u8]) {
    match Body::parse(octets) {
        Ok((body, rest)) => {
            assert_eq!([body.bytes(), rest].concat(), octets, "consumed and left");
            assert_eq!(body.cut(), None);
            assert_eq!(Body::parse(body.bytes()), Ok((body, &b""[..])), "the same again");
            assert_walked(&body);
        }
        Err(error) => assert_located(octets, &error),
    }
    assert_each_value(octets);
}

/// In one pass the same values come as in two, up to the same fault; but for the depth, of which one pass knows nothing.
fn assert_each_value(octets: &[u8]) {
    let mut values = Vec::new();
    let each = parse::each_value(octets, |data| values.push(data));
    match (parse::body(octets), each) {
        (Ok((rest, body)), each) => {
            assert_eq!(each, Ok((rest, ())));
            let walked: Vec<_> = body.walk().map(|node| node.data).collect();
            assert_eq!(format!("{walked:?}"), format!("{values:?}"));
        }
        (Err(_), _) if matches!(Body::parse(octets), Err(Error { kind: ErrorKind::Depth, .. })) => {}
        (Err(error), each) => assert_eq!(each, Err(error)),
    }
}

/// The same for an application message; what something vouches for is read alike, unless its structure is cut.
pub fn apdu(octets: &[u8]) {
    let strict = Apdu::parse(octets);
    let vouched = Apdu::parse_vouched(octets);
    for parsed in [&strict, &vouched] {
        match parsed {
            Ok((Apdu::DataNotification(notification), rest)) => {
                let body = notification.body;
                let Stretch { offset, length } = Stretch::of(octets, body.bytes());
                match body.cut() {
                    None => assert_eq!(&octets[offset + length..], *rest, "consumed and left"),
                    Some(announced) => assert!(rest.is_empty() && body.elements() < announced),
                }
                let time = Stretch::of(octets, notification.time);
                assert!(time.offset + time.length <= offset);
                let _no_time_is_none = notification.date_time();
                assert_walked(&body);
            }
            Ok(_) => {}
            Err(error) => assert_located(octets, error),
        }
    }
    if let Ok((apdu, rest)) = &strict {
        assert_eq!(vouched.as_ref(), Ok(&(*apdu, *rest)), "vouched for");
        let consumed = &octets[..octets.len() - rest.len()];
        assert_eq!(Apdu::parse(consumed), Ok((*apdu, &b""[..])), "the same again");
    }
}

/// The walk begins at the start, goes on value by value, and ends at the end.
pub(crate) fn assert_walked(body: &Body<'_>) {
    let mut walk = body.walk();
    let (mut at, mut outermost) = (0, 0);
    while let Some(node) = walk.next() {
        assert_eq!(node.offset, at, "the walk skips");
        assert!(node.depth > 0 || at == 0, "two outermost values");
        at = walk.offset();
        outermost += usize::from(node.depth == 1);
        look_at(&node);
        if node.data.elements().is_some() {
            let mut behind = walk.clone();
            let inside = behind.children(&node).inspect(|child| assert!(child.depth > node.depth)).count();
            let next = walk.clone().take_while(|next| next.depth > node.depth).count();
            assert_eq!(inside, next, "children of {node:?}");
        }
    }
    assert_eq!(outermost, body.elements());
    if body.cut().is_none() {
        assert_eq!(at, body.bytes().len(), "the walk ends early");
    }
}

/// Reads a value in every way.
fn look_at(node: &Node<'_>) {
    let data = &node.data;
    assert!(data.number().is_none() || data.elements().is_none());
    assert!(!format!("{data:?}").is_empty());
    if let Data::CompactArray(array) = data {
        let values = array.entries().filter(|entry| entry.data.elements().is_none()).count();
        assert!(values <= array.contents().len(), "values without octets");
    }
}

fn assert_located(octets: &[u8], error: &Error) {
    assert!(error.offset <= octets.len(), "{error} of {}", octets.len());
    assert!(error.to_string().contains(" at byte "));
}
