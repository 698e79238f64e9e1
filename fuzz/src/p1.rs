//! P1 readouts out of any stream.

use amshan_dlde::{DataSet, Gap, Readout, ReadoutReader, Scanner, readouts};

use crate::feed::{Stretch, assert_accounted, with_pauses};
use crate::input::Input;

/// However a stream is cut, the same readouts and gaps; every octet belongs to one of them or stands between lines;
/// a readout is one by itself, and its lines are parts of it.
pub fn p1_reader(octets: &[u8]) {
    let Some(input) = Input::new(octets) else { return };
    let stream = &input.stream[..];

    let whole: Vec<_> = readouts(stream).collect();
    let cut = feed!(Box::new(ReadoutReader::new()), input.pieces(), next_readout, own);
    assert_eq!(cut, whole.iter().cloned().map(own).collect::<Vec<_>>(), "chunking");

    let stretches: Vec<_> = whole
        .iter()
        .map(|item| match item {
            Ok(readout) => Stretch::of(stream, readout.raw()),
            Err(gap) => Stretch::of_gap(gap),
        })
        .collect();
    assert_accounted(stream, &stretches, is_fill);
    assert_accounted(stream, &with_pauses(Scanner::new(), input.pieces()), is_fill);

    for readout in whole.into_iter().flatten() {
        // With two end marks inside, both may have a right checksum; the search may take the second.
        let (first, rest) = Readout::parse_prefix(readout.raw()).expect("a readout by itself");
        let marks = readout.raw().iter().filter(|&&octet| octet == b'!').count();
        assert!(first == readout && rest.is_empty() || marks > 1, "{first:?} in {readout:?}");
        assert!(readout.identification().to_string().len() >= 3);
        let mut end = 0;
        for line in readout.data_sets() {
            match line {
                Ok(set) => {
                    let address = Stretch::of(readout.raw(), set.address());
                    let groups = Stretch::of(readout.raw(), set.groups());
                    assert!(end <= address.offset && address.offset + address.length <= groups.offset);
                    end = groups.offset + groups.length;
                    look_at(&set);
                }
                Err(error) => assert!((end..readout.raw().len()).contains(&error.offset), "{error}"),
            }
        }
        assert!(end <= readout.raw().len());
    }
}

/// Reads a data set in every way.
fn look_at(set: &DataSet<'_>) {
    assert!(set.values().next().is_some(), "no value: {set:?}");
    assert_eq!(set.value().is_some(), set.values().count() == 1);
    if let Some((_, value)) = set.timed() {
        assert!(value.number().is_some() && value.unit().is_some());
    }
    if let Some(obis) = set.obis() {
        assert_eq!(obis.to_string().parse(), Ok(obis));
    }
    for value in set.values() {
        assert!(value.quantity().is_none() || value.number().is_some());
        if let Some(spelled) = value.spelled() {
            assert_eq!(spelled.chars().count() * 2, value.text().len());
        }
        let _no_time_is_none = value.time();
    }
}

/// Octets and checksum of a readout.
fn own(item: Result<Readout<'_>, Gap>) -> Result<(Vec<u8>, Option<u16>), Gap> {
    item.map(|readout| (readout.raw().to_vec(), readout.crc()))
}

/// What may stand between readouts.
fn is_fill(octets: &[u8]) -> bool {
    octets.iter().all(|octet| b"\0\x02\x03\t\r\n ".contains(octet))
}
