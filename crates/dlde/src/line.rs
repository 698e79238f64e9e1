//! Data sets: an address and its values. IEC 62056-21, 6.5.

use core::fmt;

use amshan_quantity::{DateTime, Obis};

use crate::code::{code, longer_code};
use crate::error::ErrorKind;
use crate::marks::{before, behind_stars, is_blank, measure, skip, until_mark};
use crate::parse::Fault;
use crate::readout::is_line_end;
use crate::value::{Outline, Value};

/// An address and its values.
///
/// ```text
/// 0-1:24.2.1(240115123000W)(00012.345*m3)
/// ```
#[derive(Clone, Copy)]
pub struct DataSet<'a> {
    address: &'a [u8],
    obis: Option<Obis>,
    /// The value groups.
    groups: &'a [u8],
    /// The value in the first of them.
    first: Outline,
}

impl<'a> DataSet<'a> {
    /// The address as sent.
    pub const fn address(&self) -> &'a [u8] {
        self.address
    }

    /// The address as an OBIS code. Codes with letters (`C.1.0`, `F.F`) have none.
    pub const fn obis(&self) -> Option<Obis> {
        self.obis
    }

    /// The value groups as sent: `(240115123000W)(00012.345*m3)`, perhaps with the end of a line between them.
    pub const fn groups(&self) -> &'a [u8] {
        self.groups
    }

    /// Its values: one at least, mostly one.
    pub const fn values(&self) -> Values<'a> {
        Values { groups: self.groups, first: Some(self.first) }
    }

    /// Its value if it has one only.
    pub fn value(&self) -> Option<Value<'a>> {
        let mut values = self.values();
        values.next().filter(|_| values.next().is_none())
    }

    /// The one value that was taken at a time of its own: the reading of a sub-meter, a maximum.
    ///
    /// | form | who |
    /// |---|---|
    /// | `(time)(number*unit)`; some Belgian meters turn it round | `24.2.1`, `24.2.3`, `1.6.0` |
    /// | `(time)(status)(period)(1)(OBIS)(unit)`, and `(number)` on the next line | DSMR 3 sub-meters, `24.3.0` |
    ///
    /// `None` for everything else, and where the time is none or the number has no unit: then it is a list of texts.
    pub fn timed(&self) -> Option<(DateTime, Value<'a>)> {
        let mut values = self.values();
        match (values.next()?, values.next()?, values.next()) {
            (first, second, None) => pair(first, second).or_else(|| pair(second, first)),
            _ => self.captured().map(|(time, _, value)| (time, value)),
        }
    }

    /// The OBIS code of what is measured: the address, or the code among the values in the form of DSMR 3.
    pub fn measured(&self) -> Option<Obis> {
        self.captured().map(|(_, obis, _)| obis).or_else(|| self.obis())
    }

    /// The form of DSMR 3. P1 Companion Standard 3.0, 6.
    fn captured(&self) -> Option<(DateTime, Obis, Value<'a>)> {
        let mut values = self.values();
        let (time, _status, _period) = (values.next()?, values.next()?, values.next()?);
        let _one = values.next()?.number().filter(|count| *count == 1.into())?;
        let obis = Obis::parse(values.next()?.text()).ok()?;
        let unit = values.next()?.text();
        let value = values.next()?.in_unit(unit);
        value.number().filter(|_| values.next().is_none())?;
        Some((time.time()?, obis, value))
    }
}

impl fmt::Debug for DataSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataSet(\"{}{}\")", self.address.escape_ascii(), self.groups().escape_ascii())
    }
}

impl PartialEq for DataSet<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.address, self.groups()) == (other.address, other.groups())
    }
}

impl Eq for DataSet<'_> {}

fn pair<'a>(time: Value<'a>, value: Value<'a>) -> Option<(DateTime, Value<'a>)> {
    value.unit().and(value.number())?;
    Some((time.time()?, value))
}

/// The values of a data set.
#[derive(Clone)]
pub struct Values<'a> {
    groups: &'a [u8],
    /// The value in the first of them, if it is the next.
    first: Option<Outline>,
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    #[inline]
    fn next(&mut self) -> Option<Value<'a>> {
        if self.groups.is_empty() {
            return None;
        }
        let (value, rest) = match self.first.take() {
            Some(first) => {
                (first.value(self.groups.get(1..)?), self.groups.get(first.length.wrapping_add(2)..)?)
            }
            None => group(skip(self.groups, |octet| octet != b'('))?,
        };
        self.groups = rest;
        Some(value)
    }
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// An address and its value groups, on one line; groups at the start of the next line belong to it as well (DSMR 2
/// and 3). Returns them and where the next begins.
pub(crate) fn data_set(input: &[u8]) -> Result<(DataSet<'_>, &[u8]), Fault<'_>> {
    let (address, obis, start) = match code(input).or_else(|| longer_code(input)) {
        Some((obis, length)) => {
            let (address, start) = input.split_at(length);
            (address, Some(obis), start)
        }
        None => {
            let (address, start) = address(input)?;
            (address, Obis::parse(address).ok(), start)
        }
    };
    let (first, mut end) = group(start).ok_or(Fault { at: start, kind: ErrorKind::Unclosed })?;
    loop {
        let next = skip(end, |octet| is_line_end(octet) || is_blank(octet));
        // What is wrong behind a whole group is the business of the next line.
        match group(next) {
            Some((_, behind)) => end = behind,
            None => {
                return Ok((
                    DataSet { address, obis, groups: before(start, end), first: first.outline() },
                    next,
                ));
            }
        }
    }
}

/// The data set of most lines: an address of the most frequent form, one group, and another line that begins with an
/// address, or none. Returns it and that line.
#[inline(always)]
pub(crate) fn frequent(input: &[u8]) -> Option<(DataSet<'_>, &[u8])> {
    let (obis, length) = code(input).or_else(|| longer_code(input))?;
    let value = input.get(length.wrapping_add(1)..)?;
    // Where there are surely enough octets for any such line, it is not asked again for each part of it.
    let number = match value.first_chunk::<28>() {
        Some(window) => number_line(window),
        None => number_line_near_end(value),
    };
    let (first, behind) = match number {
        Some(number) => number,
        None => text_line(value)?,
    };
    let (address, start) = input.split_at_checked(length)?;
    let groups = start.get(..first.length.wrapping_add(2))?;
    Some((DataSet { address, obis: Some(obis), groups, first }, value.get(behind..)?))
}

/// The number before the first parenthesis, if that ends the line, and where the next line begins.
#[inline(always)]
fn number_line(input: &[u8]) -> Option<(Outline, usize)> {
    let (number, rest) = Value::number_prefix(input)?;
    let next = next_line(rest)?;
    Some((number.outline(), input.len().wrapping_sub(next.len())))
}

#[inline(never)]
fn number_line_near_end(input: &[u8]) -> Option<(Outline, usize)> {
    number_line(input)
}

/// The same of any text.
#[inline(always)]
fn text_line(input: &[u8]) -> Option<(Outline, usize)> {
    let (value, rest) = text(input)?;
    let next = next_line(rest)?;
    Some((value.outline(), input.len().wrapping_sub(next.len())))
}

/// The line behind the end of a last group, if it begins with an address or is none.
#[inline(always)]
fn next_line(group_end: &[u8]) -> Option<&[u8]> {
    let Some(octets) = group_end.first_chunk() else {
        return group_end.strip_prefix(b")\r\n");
    };
    // The end of the group becomes 0, and the first octet of the line, put in front, stays what it is.
    let ends = u32::from_le_bytes(*octets) ^ u32::from_le_bytes(*b")\r\n\0");
    if matches!(ends.rotate_left(8), 0x2A..=0x7E) { group_end.get(3..) } else { None }
}

/// Any address, and what begins with the parenthesis behind it.
fn address(input: &[u8]) -> Result<(&[u8], &[u8]), Fault<'_>> {
    let rest = behind_stars(until_mark(input));
    match (rest, before(input, rest).trim_ascii()) {
        ([b'(', ..], []) => Err(Fault { at: input, kind: ErrorKind::AddressMissing }),
        ([b'(', ..], address) => Ok((address, rest)),
        _ => Err(Fault { at: rest, kind: ErrorKind::ValueMissing }),
    }
}

/// The value between parentheses, and what stands behind them.
#[inline(always)]
fn group(input: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (value, rest) = text(input.strip_prefix(b"(")?)?;
    Some((value, rest.strip_prefix(b")")?))
}

/// The value before the next parenthesis or end of a line, and the rest.
#[inline(always)]
fn text(input: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (star, length) = measure(input);
    let (raw, rest) = input.split_at_checked(length)?;
    Some((Value::new(raw, star), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::sets::data_sets;
    use amshan_quantity::Decimal;
    use proptest::collection::vec as vec_of;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{format, vec};

    /// Address and values, or what is wrong and where.
    type Item = Result<(String, Vec<String>), (ErrorKind, usize)>;

    fn sets(body: &str) -> Vec<Item> {
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        let set = |set: DataSet<'_>| (text(set.address()), set.values().map(|v| text(v.raw())).collect());
        data_sets(body.as_bytes())
            .map(|item| item.map(set).map_err(|error| (error.kind, error.offset)))
            .collect()
    }

    fn ok(address: &str, values: &[&str]) -> Item {
        Ok((address.to_string(), values.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn lines() {
        use ErrorKind::{AddressMissing, Unclosed, ValueMissing};
        for (body, expected) in [
            ("", vec![]),
            ("\r\n\r\n \n", vec![]),
            ("1-0:1.8.1(1*kWh)\r\n", vec![ok("1-0:1.8.1", &["1*kWh"])]),
            ("0-0:96.13.0()\n", vec![ok("0-0:96.13.0", &[""])]),
            (
                "1.8.0(1)2.8.0(2)(3) C.1.0(4)",
                vec![ok("1.8.0", &["1"]), ok("2.8.0", &["2", "3"]), ok("C.1.0", &["4"])],
            ),
            ("\t1.8.0 (1) (2)\r\n", vec![ok("1.8.0", &["1", "2"])]),
            // DSMR 3: the values go on in the next line
            (
                "0-1:24.3.0(121030140000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(00001.001)\r\n0-1:24.4.0(1)\r\n",
                vec![
                    ok("0-1:24.3.0", &["121030140000", "00", "60", "1", "0-1:24.2.1", "m3", "00001.001"]),
                    ok("0-1:24.4.0", &["1"]),
                ],
            ),
            // Hungary: a parenthesis that is never closed
            (
                "1.7.0(1)\r\n0-0:98.1.0(\r\n0-0:1.0.0(220201000000T)\r\n",
                vec![ok("1.7.0", &["1"]), Err((Unclosed, 20)), ok("0-0:1.0.0", &["220201000000T"])],
            ),
            (
                "0-0:98.1.0(\r\n(1)\r\n1.7.0(2)",
                vec![Err((Unclosed, 10)), Err((AddressMissing, 13)), ok("1.7.0", &["2"])],
            ),
            (
                "1-0:1.8.0(000123.456*kWh)\r\n(1)\r\n1-0:2.8.0(2)\r\n (3)\r\n1-0:32.32.0(00007)\r\n\r\n(4)\r\n",
                vec![
                    ok("1-0:1.8.0", &["000123.456*kWh", "1"]),
                    ok("1-0:2.8.0", &["2", "3"]),
                    ok("1-0:32.32.0", &["00007", "4"]),
                ],
            ),
            ("(1)\r\n1.8.0(2)", vec![Err((AddressMissing, 0)), ok("1.8.0", &["2"])]),
            (
                "1.8.0(1)\r\n(2\r\n2.8.0(3)",
                vec![ok("1.8.0", &["1"]), Err((AddressMissing, 10)), ok("2.8.0", &["3"])],
            ),
            ("text\r\n1.8.0(1)", vec![Err((ValueMissing, 4)), ok("1.8.0", &["1"])]),
            ("1.8.0)(1)\r\n2.8.0(2)", vec![Err((ValueMissing, 5)), ok("2.8.0", &["2"])]),
            (
                "1.8.0(1)text\r\n2.8.0(2)",
                vec![ok("1.8.0", &["1"]), Err((ValueMissing, 12)), ok("2.8.0", &["2"])],
            ),
            ("96.13.0(a(b))\r\n2.8.0(2)", vec![Err((Unclosed, 7)), ok("2.8.0", &["2"])]),
            ("1.8.0(1", vec![Err((Unclosed, 5))]),
        ] {
            assert_eq!(sets(body), expected, "{body:?}");
        }
    }

    /// Lines as they should be, nearly so, and not at all.
    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9]{1,2}-[0-9]:[0-9]{1,3}\\.[0-9]{1,2}\\.[0-9]{1,2}\\(-?[0-9]{0,9}\\.?[0-9]{0,9}(\\*[a-zA-Z3 ]{0,9})?\\)",
            "([0-9]-[0-9]:)?[0-9F]{1,2}\\.[0-9]\\.[0-9](\\([0-9A-F.*WkV ]{0,20}\\) ?){1,3}",
            "[ -~]{0,30}",
        ]
    }

    fn star(text: &[u8]) -> usize {
        text.iter().position(|octet| *octet == b'*').unwrap_or(text.len())
    }

    proptest! {
        #[test]
        fn eight_octets_at_a_time_are_read_like_single_ones(
            lines in vec_of((line(), prop_oneof![8 => Just("\r\n"), 1 => Just("\n"), 1 => Just(" \r\n\t")]), 0..6),
        ) {
            let body: String = lines.into_iter().map(|(line, end)| line + end).collect();
            let mut rest = body.as_bytes();
            for item in data_sets(body.as_bytes()) {
                rest = skip(rest, |octet| is_line_end(octet) || is_blank(octet));
                let is_mark = |octet: &u8| matches!(octet, b'(' | b')' | b'*' | b'\r' | b'\n');
                let mark = rest.iter().position(is_mark).unwrap_or(rest.len());
                prop_assert_eq!(until_mark(rest), &rest[mark..]);
                let find = |octets: &[u8]| octets.iter().position(|octet| *octet != b'*' && is_mark(octet)).unwrap_or(octets.len());
                let Ok(set) = item else {
                    rest = skip(rest, |octet| !is_line_end(octet));
                    continue;
                };
                prop_assert_eq!(set.address(), rest[..find(rest)].trim_ascii());
                prop_assert_eq!(set.obis(), Obis::parse(set.address()).ok());
                rest = &rest[find(rest)..];
                prop_assert!(rest.starts_with(set.groups()));
                for value in set.values() {
                    rest = skip(rest, |octet| octet != b'(');
                    let text = &rest[1..][..find(&rest[1..])];
                    prop_assert_eq!(value, Value::new(text, star(text)));
                    prop_assert_eq!(value.number(), Decimal::parse(value.text()).ok());
                    let exponents = |number: Decimal| (number.magnitude(), number.exponent());
                    prop_assert_eq!(value.number().map(exponents), Value::new(text, star(text)).number().map(exponents));
                    rest = &rest[text.len() + 2..];
                }
            }
            prop_assert_eq!(skip(rest, |octet| is_line_end(octet) || is_blank(octet)), b"");
        }
    }

    /// A line with one group, perhaps with an octet that makes something else of it, and what may follow.
    fn nearly_frequent() -> impl Strategy<Value = Vec<u8>> {
        let value = prop_oneof![
            2 => "[0-9]{1,9}(\\.[0-9]{1,5})?(\\*[a-zA-Z3]{0,9})?",
            1 => "[0-9]{12}[SW]",
            1 => "[0-9A-F.*\\- ]{0,32}",
        ];
        let end = select(vec![")\r\n", ")\r\n", ")\r\n", ")\n", ")\r", ")", ") \r\n", ")(1)\r\n", "\r\n"]);
        let behind = "([()*+ ~\t\r\n!A-F0-9][ -~\r\n]{0,30})?";
        let damage = proptest::option::of((any::<Index>(), any::<u8>()));
        ("[0-9]-[0-9]:[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}", value, end, behind, damage).prop_map(
            |(code, value, end, behind, damage)| {
                let mut input = format!("{code}({value}{end}{behind}").into_bytes();
                if let Some((at, octet)) = damage {
                    let at = at.index(input.len());
                    input[at] = octet;
                }
                input
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn frequent_lines_are_read_like_all_others(input in nearly_frequent()) {
            if let Some((set, next)) = frequent(&input) {
                let (expected, rest) = data_set(&input).unwrap();
                prop_assert_eq!((set, next), (expected, rest));
                prop_assert_eq!(set.obis(), Obis::parse(set.address()).ok());
                let value = set.value().unwrap();
                let text = &set.groups()[1..set.groups().len() - 1];
                prop_assert_eq!((value.raw(), value), (text, Value::new(text, star(text))));
                let parts = |number: Decimal| (number.magnitude(), number.exponent(), number.is_negative());
                let number = Some(value.text()).filter(|text| matches!(text, [.., b'0'..=b'9' | b'.']));
                prop_assert_eq!(value.number().map(parts), number.and_then(|text| Decimal::parse(text).ok()).map(parts));
            }
        }
    }

    #[test]
    fn lines_of_meters_are_frequent() {
        for line in [
            "1-0:1.8.0(000123.456*kWh)",
            "1-0:21.7.0(00.543*kW)",
            "1-0:32.36.0(00007)",
            "0-0:96.7.21(2)",
            "0-0:1.0.0(240115123015W)",
        ] {
            for behind in ["", "1-0:32.7.0(230.1*V)\r\n", "C.1.0(1)"] {
                let input = format!("{line}\r\n{behind}");
                let (set, next) = frequent(input.as_bytes()).unwrap();
                assert_eq!(
                    (set.groups(), next),
                    (&line.as_bytes()[line.find('(').unwrap()..], behind.as_bytes())
                );
            }
            // What may belong to the line, or makes it an error, is for others to see.
            for behind in ["(1)", " (1)", "\t(1)", "\r\n(1)", ")", "\x7F", "\u{A0}"] {
                assert!(
                    frequent(format!("{line}\r\n{behind}          ").as_bytes()).is_none(),
                    "{line} {behind}"
                );
            }
        }
    }

    #[test]
    fn errors_count_from_the_start_of_the_readout() {
        let telegram = crate::sample::telegram(&["1.8.0(1)", "text", "2.8.0(2)"]);
        let (readout, _) = crate::Readout::parse_prefix(&telegram).unwrap();
        let errors: Vec<_> = readout.data_sets().filter_map(Result::err).collect();
        assert_eq!(errors, [Error { kind: ErrorKind::ValueMissing, offset: 27 }]);
        assert_eq!(&readout.raw()[23..27], b"text");
    }

    fn one(line: &str) -> DataSet<'_> {
        let mut sets = data_sets(line.as_bytes());
        let set = sets.next().unwrap().unwrap();
        assert!(sets.next().is_none(), "{line}");
        set
    }

    #[test]
    fn codes() {
        for (line, code) in [
            ("1-0:1.8.1(1)", Some([1, 0, 1, 8, 1, 255])),
            ("1-0:1.8.0*255(1)", Some([1, 0, 1, 8, 0, 255])),
            ("0.9.1(1)", Some([1, 0, 0, 9, 1, 255])),
            ("0-1:24.2.1(1)", Some([0, 1, 24, 2, 1, 255])),
            ("C.1.0(1)", None),
            ("F.F(0)", None),
            ("1-0:4:24.7.0(0000.000*kVAr)", None),
        ] {
            assert_eq!(one(line).obis().map(Obis::octets), code, "{line}");
        }
    }

    #[test]
    fn values_with_a_time_of_their_own() {
        for (line, expected) in [
            ("0-1:24.2.1(240115123000W)(00012.345*m3)", "2024-01-15T12:30:00 12.345 0-1:24.2.1"),
            ("1-0:1.6.0(240107190000W)(02.485*kW)", "2024-01-07T19:00:00 02.485 1-0:1.6.0"),
            ("1-0:1.6.0(02.485*kW)(240107190000W)", "2024-01-07T19:00:00 02.485 1-0:1.6.0"),
            ("7-0:23.1.0(1210301400)(00012.345*m3)", "2012-10-30T14:00:00 12.345 7-0:23.1.0"),
            (
                "0-1:24.3.0(121030140000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(00001.001)",
                "2012-10-30T14:00:00 1.001 0-1:24.2.1",
            ),
        ] {
            let set = one(line);
            let (time, value) = set.timed().unwrap();
            assert!(value.unit().is_some());
            let number: amshan_quantity::Decimal = expected.split(' ').nth(1).unwrap().parse().unwrap();
            assert_eq!(value.number(), Some(number), "{line}");
            let found = format!(
                "{time} {} {}",
                expected.split(' ').nth(1).unwrap(),
                set.measured().unwrap().reduced()
            );
            assert_eq!(found, expected);
        }
        for line in [
            "0-2:24.2.1(700101010000W)(00000000)",
            "0-2:24.2.1(632525252525S)(00000.000)",
            "1-0:1.6.0(632525252525W)(00.000*kW)",
            "1-0:99.97.0(0)(0-0:96.7.19)",
            "1-0:99.97.0(2)(0-0:96.7.19)(101208152415W)(0000000240*s)(101208151004W)(0000000301*s)",
            "0-1:24.2.1(240115123000W)",
            "0-1:24.3.0(121030140000)(00)(60)(1)(0-1:24.2.1)(m3)",
            "0-1:24.3.0(121030140000)(00)(60)(2)(0-1:24.2.1)(m3)(1)(2)",
        ] {
            assert_eq!(one(line).timed(), None, "{line}");
        }
    }

    #[test]
    fn one_value_or_several() {
        assert_eq!(one("1.8.0(5*kWh)").value().unwrap().text(), b"5");
        assert_eq!(one("1.8.0(5)(6)").value(), None);
        assert_eq!(one("1.8.0(5)(6)").groups(), b"(5)(6)");
    }
}
