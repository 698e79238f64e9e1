//! Data sets: an address and its values. IEC 62056-21, 6.5.

use nom::IResult;
use nom::bytes::complete::{tag, take_till};

use amshan_quantity::{DateTime, Obis};

use crate::error::{Error, ErrorKind};
use crate::parse::Fault;
use crate::readout::is_line_end;
use crate::value::Value;

/// The data sets of a readout, in order. A line that makes no sense is an error, and costs that line only.
#[derive(Debug, Clone)]
pub struct DataSets<'a> {
    rest: &'a [u8],
    /// Where in the readout the rest begins.
    offset: usize,
}

impl<'a> DataSets<'a> {
    pub(crate) const fn new(body: &'a [u8], offset: usize) -> Self {
        Self { rest: body, offset }
    }

    fn go_on_at(&mut self, rest: &'a [u8]) {
        self.offset = self.offset.saturating_add(self.rest.len()).saturating_sub(rest.len());
        self.rest = rest;
    }
}

impl<'a> Iterator for DataSets<'a> {
    type Item = Result<DataSet<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.go_on_at(skip(self.rest, |octet| is_line_end(octet) || is_blank(octet)));
        if self.rest.is_empty() {
            return None;
        }
        match data_set(self.rest) {
            Ok((rest, data_set)) => {
                self.go_on_at(rest);
                Some(Ok(data_set))
            }
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                let error = fault.within(self.rest);
                let offset = self.offset.saturating_add(error.offset);
                self.go_on_at(skip(self.rest, |octet| !is_line_end(octet)));
                Some(Err(Error { offset, ..error }))
            }
            Err(nom::Err::Incomplete(_)) => None, // of streaming parsers only
        }
    }
}

/// An address and its values.
///
/// ```text
/// 0-1:24.2.1(240115123000W)(00012.345*m3)
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataSet<'a> {
    address: &'a [u8],
    groups: &'a [u8],
}

impl<'a> DataSet<'a> {
    /// The address as sent.
    pub const fn address(&self) -> &'a [u8] {
        self.address
    }

    /// The address as an OBIS code. Codes with letters (`C.1.0`, `F.F`) have none.
    pub fn obis(&self) -> Option<Obis> {
        Obis::parse(self.address).ok()
    }

    /// The value groups as sent: `(240115123000W)(00012.345*m3)`, perhaps with the end of a line between them.
    pub const fn groups(&self) -> &'a [u8] {
        self.groups
    }

    /// Its values: one at least, mostly one.
    pub const fn values(&self) -> Values<'a> {
        Values { rest: self.groups }
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
        let time = values.next()?.time()?;
        let (_status, _period) = (values.next()?, values.next()?);
        let _one = values.next()?.number().filter(|count| *count == 1.into())?;
        let obis = Obis::parse(values.next()?.text()).ok()?;
        let unit = values.next()?.text();
        let value = values.next()?.in_unit(unit);
        value.number().filter(|_| values.next().is_none())?;
        Some((time, obis, value))
    }
}

fn pair<'a>(time: Value<'a>, value: Value<'a>) -> Option<(DateTime, Value<'a>)> {
    value.unit().and(value.number())?;
    Some((time.time()?, value))
}

/// The values of a data set.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let (rest, text) = group(skip(self.rest, |octet| octet != b'(')).ok()?;
        self.rest = rest;
        Some(Value::new(text))
    }
}

type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

/// An address and its value groups, on one line; groups at the start of the next line belong to it as well (DSMR 2
/// and 3).
fn data_set(input: &[u8]) -> Parsed<'_, DataSet<'_>> {
    let (start, address) = address(input)?;
    let (mut rest, _) = group(start)?;
    loop {
        let next = skip(rest, is_blank);
        let next = match next.first() {
            Some(octet) if is_line_end(*octet) => skip(next, |octet| is_line_end(octet) || is_blank(octet)),
            _ => next,
        };
        // What is wrong behind a whole group is the business of the next line.
        match group(next) {
            Ok((behind, _)) => rest = behind,
            Err(_) => break,
        }
    }
    let groups = start.get(..start.len().saturating_sub(rest.len())).unwrap_or_default();
    Ok((rest, DataSet { address, groups }))
}

fn address(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, address) = take_till(|octet| matches!(octet, b'(' | b')') || is_line_end(octet))(input)?;
    match (rest.first(), address.trim_ascii()) {
        (Some(b'('), []) => Err(nom::Err::Error(Fault { at: input, kind: ErrorKind::AddressMissing })),
        (Some(b'('), address) => Ok((rest, address)),
        _ => Err(nom::Err::Error(Fault { at: rest, kind: ErrorKind::ValueMissing })),
    }
}

/// The text between parentheses.
fn group(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (i, _) = tag(&b"("[..])(input)?;
    let (i, text) = take_till(|octet| matches!(octet, b'(' | b')') || is_line_end(octet))(i)?;
    let unclosed = |_: nom::Err<Fault<'_>>| nom::Err::Error(Fault { at: input, kind: ErrorKind::Unclosed });
    let (i, _) = tag::<_, _, Fault<'_>>(&b")"[..])(i).map_err(unclosed)?;
    Ok((i, text))
}

fn skip(input: &[u8], what: impl Fn(u8) -> bool) -> &[u8] {
    let end = input.iter().position(|octet| !what(*octet)).unwrap_or(input.len());
    input.get(end..).unwrap_or_default()
}

const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{format, vec};

    /// Address and values, or what is wrong and where.
    type Item = Result<(String, Vec<String>), (ErrorKind, usize)>;

    fn sets(body: &str) -> Vec<Item> {
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        let set = |set: DataSet<'_>| (text(set.address()), set.values().map(|v| text(v.raw())).collect());
        DataSets::new(body.as_bytes(), 0)
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

    #[test]
    fn errors_count_from_the_start_of_the_readout() {
        let telegram = crate::sample::telegram(&["1.8.0(1)", "text", "2.8.0(2)"]);
        let (readout, _) = crate::Readout::parse_prefix(&telegram).unwrap();
        let errors: Vec<_> = readout.data_sets().filter_map(Result::err).collect();
        assert_eq!(errors, [Error { kind: ErrorKind::ValueMissing, offset: 27 }]);
        assert_eq!(&readout.raw()[23..27], b"text");
    }

    fn one(line: &str) -> DataSet<'_> {
        let mut sets = DataSets::new(line.as_bytes(), 0);
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
