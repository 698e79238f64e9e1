//! The data sets of a readout, one behind the other.

use crate::error::Error;
use crate::line::{DataSet, data_set, frequent};
use crate::marks::{is_blank, skip};
use crate::readout::is_line_end;

/// The data sets of a readout, in order. A line that makes no sense is an error, and costs that line only.
#[derive(Debug, Clone)]
pub struct DataSets<'a> {
    rest: &'a [u8],
    /// Where in the readout the rest ends.
    end: usize,
}

impl<'a> DataSets<'a> {
    /// The lines that are still to be read, perhaps with the end of the last one before them.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn new(body: &'a [u8], offset: usize) -> Self {
        // Mostly there is an empty line.
        let rest = body.strip_prefix(b"\r\n\r\n").unwrap_or(body);
        let rest = skip(rest, |octet| is_line_end(octet) || is_blank(octet));
        Self { rest, end: offset.saturating_add(body.len()) }
    }
}

/// The data sets in some lines of a readout. A line that makes no sense is an error, with its place in them.
///
/// ```
/// let mut sets = amshan_dlde::data_sets(b"1-0:1.7.0(00.543*kW)\r\n1-0:2.7.0(00.000*kW)\r\n");
/// assert_eq!(sets.next().unwrap()?.groups(), b"(00.543*kW)");
/// assert_eq!(sets.rest(), b"1-0:2.7.0(00.000*kW)\r\n");
/// # Ok::<(), amshan_dlde::Error>(())
/// ```
pub fn data_sets(lines: &[u8]) -> DataSets<'_> {
    DataSets::new(lines, 0)
}

impl<'a> Iterator for DataSets<'a> {
    type Item = Result<DataSet<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.take_next()
    }

    // Where all are gone through, they are read where they are used, and not handed over.
    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(mut self, init: B, mut each: F) -> B {
        let mut folded = init;
        while let Some(item) = self.take_next() {
            folded = each(folded, item);
        }
        folded
    }
}

impl<'a> DataSets<'a> {
    #[inline(always)]
    fn take_next(&mut self) -> Option<Result<DataSet<'a>, Error>> {
        match frequent(self.rest) {
            Some((data_set, rest)) => {
                self.rest = rest;
                Some(Ok(data_set))
            }
            None => {
                let (rest, item) = self.next_of_any_form()?;
                self.rest = rest;
                Some(item)
            }
        }
    }

    /// The same for lines that are not among the most frequent ones, and the rest.
    #[cold]
    fn next_of_any_form(&self) -> Option<(&'a [u8], Result<DataSet<'a>, Error>)> {
        let rest = skip(self.rest, |octet| is_line_end(octet) || is_blank(octet));
        if rest.is_empty() {
            return None;
        }
        match data_set(rest) {
            Ok((data_set, rest)) => Some((rest, Ok(data_set))),
            Err(fault) => {
                let error = fault.within(rest);
                let offset = self.end.saturating_sub(rest.len()).saturating_add(error.offset);
                Some((skip(rest, |octet| !is_line_end(octet)), Err(Error { offset, ..error })))
            }
        }
    }
}
