//! A layout is its list and no other: one element more, one less or one of another type, and it is not taken for it.

use amshan_cosem::{Apdu, Body};
use amshan_meters::{Form, LAYOUTS, Layout};
use amshan_sim::{START_MS, lists};

/// A body of every list of the simulator, by the layout that knows it.
fn bodies() -> Vec<(&'static Layout<'static>, Vec<u8>)> {
    let mut found = Vec::new();
    for message in lists().iter().map(|list| list.message(3, START_MS)) {
        let Ok((Apdu::DataNotification(notification), [])) = Apdu::parse(&message.plain) else { continue };
        let layout = LAYOUTS.iter().find(|layout| layout.fits(&notification.body));
        found.extend(layout.map(|layout| (layout, notification.body.bytes().to_vec())));
    }
    assert!(found.len() > 50, "{}", found.len());
    found
}

/// Where each element of the outermost container begins, and where the last ends.
fn elements(body: &[u8]) -> Vec<usize> {
    let (checked, _) = Body::parse(body).unwrap();
    let starts = checked.walk().filter(|node| node.depth == 1).map(|node| node.offset);
    starts.chain([body.len()]).collect()
}

fn fits(layout: &Layout<'_>, body: &[u8]) -> bool {
    Body::parse(body).is_ok_and(|(body, rest)| rest.is_empty() && layout.fits(&body))
}

/// The body with another count of elements; none of them has more than 127.
fn counted(mut body: Vec<u8>, change: i8) -> Vec<u8> {
    body[1] = body[1].checked_add_signed(change).unwrap();
    body
}

fn closed() -> impl Iterator<Item = (&'static Layout<'static>, Vec<u8>)> {
    bodies().into_iter().filter(|(layout, _)| !layout.open)
}

#[test]
fn every_closed_layout_is_tried() {
    let tried: Vec<_> = closed().map(|(layout, _)| layout.name).collect();
    for layout in LAYOUTS.iter().filter(|layout| !layout.open) {
        assert!(tried.contains(&layout.name), "{}", layout.name);
    }
}

#[test]
fn one_element_less_is_another_list() {
    for (layout, body) in closed() {
        let elements = elements(&body);
        for pair in elements.windows(2) {
            let less = [&body[..pair[0]], &body[pair[1]..]].concat();
            assert!(!fits(layout, &counted(less, -1)), "{} without element at {}", layout.name, pair[0]);
        }
    }
}

#[test]
fn one_element_more_is_another_list() {
    for (layout, body) in closed() {
        for &at in &elements(&body) {
            let more = [&body[..at], &[0x11, 0x07], &body[at..]].concat();
            assert!(!fits(layout, &counted(more, 1)), "{} with an element at {at}", layout.name);
        }
        let elements = elements(&body);
        let [.., last, end] = elements[..] else { panic!("no elements") };
        let twice = [&body[..end], &body[last..end]].concat();
        assert!(!fits(layout, &counted(twice, 1)), "{} with its last element twice", layout.name);
    }
}

#[test]
fn one_element_of_another_type_is_another_list() {
    for (layout, body) in closed() {
        let (checked, _) = Body::parse(&body).unwrap();
        let numbers = checked.walk().filter(|node| body[node.offset] == 0x06);
        let mut tried = 0;
        for node in numbers {
            let mut other = body.clone();
            other[node.offset] = 0x05;
            assert!(!fits(layout, &other), "{}: double-long at {}", layout.name, node.offset);
            tried += 1;
        }
        assert!(tried > 0, "{}", layout.name);
    }
}

#[test]
fn every_list_fits_one_layout_alone_or_one_open_one_besides() {
    for (_, body) in bodies() {
        let (body, _) = Body::parse(&body).unwrap();
        let fitting: Vec<_> = LAYOUTS.iter().filter(|layout| layout.fits(&body)).collect();
        assert!(fitting.iter().filter(|layout| !layout.open).count() <= 1, "{fitting:?}");
    }
}

#[test]
fn one_element_twice_and_another_not_at_all_is_another_list() {
    let mut tried = 0;
    for (layout, body) in closed().filter(|(layout, _)| layout.form == Form::Codes) {
        let places = elements(&body);
        let elements: Vec<_> = places.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect();
        // Structures of {code, value …}: one of them in the place of another.
        if elements.len() < 2 || !elements.iter().all(|element| element.starts_with(&[2])) {
            continue;
        }
        let doubled = [&body[..places[elements.len() - 1]], elements[elements.len() - 2]].concat();
        assert!(!fits(layout, &doubled), "{}", layout.name);
        tried += 1;
    }
    assert!(tried > 5, "{tried}");
}
