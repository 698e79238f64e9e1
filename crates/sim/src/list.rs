//! Lists as tables: rows, the shape in which they are sent, and the way from there to the wire.

use amshan_quantity::Decimal;

use crate::apdu::{HeaderTime, blocks, data_notification, with_llc};
use crate::axdr::{Length, Value, date_time, obis, octets, parse_obis, scaler_unit, structure, text};
use crate::ciphering::{BOTH, Cipher, ENCRYPTED};
use crate::clock::{Clock, Style, Zone};
use crate::household::Household;
use crate::message::Message;
use crate::quantities::{field, milli, text_field, unit};
use crate::{hdlc, mbus};

/// The type of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    U16,
    U32,
    U64,
    I16,
    I64,
}

/// One element of a list. Codes are OBIS codes; where the list doesn't send a code but the number has a meaning, the
/// code says which. An empty code is never sent and has no meaning.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row {
    /// A number of the house: code, type, power of ten of the raw number in the base unit.
    Num(&'static str, Type, i8),
    /// A visible-string; `#` is a digit of the seed.
    Text(&'static str, &'static str),
    /// The same as an octet-string.
    Octets(&'static str, &'static str),
    /// A clock as an octet-string of twelve.
    Clock(&'static str, Style),
    /// The date of a clock as an octet-string of five.
    Date(&'static str),
    /// The time of a clock as an octet-string of four.
    Time(&'static str),
    /// Something else.
    Is(&'static str, fn(&Household) -> Value),
}

/// How a row is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// {code, value}, and {code, value, scaler_unit} for a number.
    Records,
    /// code, value and for a number scaler_unit, flat.
    Triples,
    /// code and value, flat.
    Pairs,
    /// The value.
    Bare,
}

/// The elements of a list with what they mean.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) items: Vec<Value>,
    pub(crate) values: Vec<(&'static str, Decimal)>,
    pub(crate) texts: Vec<(&'static str, String)>,
    pub(crate) clock: Option<Clock>,
    /// The house, if it ciphers what others send in clear.
    keyed: Option<Household>,
}

impl Body {
    /// Nothing yet.
    pub(crate) fn of(h: &Household) -> Self {
        Self { keyed: h.house.is_keyed().then_some(*h), ..Self::default() }
    }

    pub(crate) fn new(h: &Household, zone: Zone, shape: Shape, tables: &[&[Row]]) -> Self {
        let mut body = Self::of(h);
        for row in tables.iter().copied().flatten() {
            body.push(h, zone, shape, row);
        }
        body
    }

    fn push(&mut self, h: &Household, zone: Zone, shape: Shape, row: &Row) {
        let mut number = None;
        let (code, value) = match *row {
            Row::Num(code, kind, scale) => {
                let (value, unit) = self.number(h, code, kind, scale);
                number = Some(scaler_unit(scale, unit));
                (code, value)
            }
            Row::Text(code, template) => (code, text(self.text(h, code, template))),
            Row::Octets(code, template) => (code, octets(self.text(h, code, template))),
            Row::Clock(code, style) => {
                let clock = h.clock(zone);
                self.clock = Some(clock);
                (code, date_time(clock.octets(style)))
            }
            Row::Date(code) => (code, octets(&h.clock(zone).octets(Style::LOCAL)[..5])),
            Row::Time(code) => {
                let clock = h.clock(zone);
                self.clock = Some(clock);
                (code, octets(&clock.octets(Style::LOCAL)[5..9]))
            }
            Row::Is(code, make) => (code, make(h)),
        };
        let code = (shape != Shape::Bare && !code.is_empty()).then(|| obis(code));
        let number = if shape == Shape::Pairs || shape == Shape::Bare { None } else { number };
        let parts = code.into_iter().chain([value]).chain(number);
        match shape {
            Shape::Records => self.items.push(structure(parts)),
            _ => self.items.extend(parts),
        }
    }

    fn number(&mut self, h: &Household, code: &str, kind: Type, scale: i8) -> (Value, amshan_quantity::Unit) {
        let code = parse_obis(code);
        let milli = milli(h, code).expect("a quantity of the house");
        let raw = milli.div_euclid(10i64.pow(u32::try_from(scale + 3).expect("no finer than a thousandth")));
        if let Some(name) = field(code) {
            self.values.push((name, Decimal::new(raw, scale)));
        }
        let fits = "a number that fits its type";
        let value = match kind {
            Type::U16 => Value::U16(raw.try_into().expect(fits)),
            Type::U32 => Value::U32(raw.try_into().expect(fits)),
            Type::U64 => Value::U64(raw.try_into().expect(fits)),
            Type::I16 => Value::I16(raw.try_into().expect(fits)),
            Type::I64 => Value::I64(raw),
        };
        (value, unit(code))
    }

    fn text(&mut self, h: &Household, code: &str, template: &str) -> String {
        let filled = h.fill(template);
        let name = if code.is_empty() { None } else { text_field(parse_obis(code)) };
        let shown = filled.trim_end_matches('\0');
        if let (Some(name), false) = (name, shown.is_empty()) {
            self.texts.push((name, shown.to_owned()));
        }
        filled
    }

    /// Names a text that no code names.
    pub(crate) fn with_text(mut self, name: &'static str, text: String) -> Self {
        self.texts.push((name, text));
        self
    }

    /// As an array, in a data-notification.
    pub(crate) fn array(mut self, invoke: u32, time: HeaderTime) -> Unit {
        let items = core::mem::take(&mut self.items);
        self.notify(invoke, time, &Value::Array(items))
    }

    /// As a structure, in a data-notification.
    pub(crate) fn structure(mut self, invoke: u32, time: HeaderTime) -> Unit {
        let items = core::mem::take(&mut self.items);
        self.notify(invoke, time, &Value::Structure(items))
    }

    /// Any body, in a data-notification.
    pub(crate) fn notify(self, invoke: u32, time: HeaderTime, body: &Value) -> Unit {
        let plain = data_notification(invoke, time, body);
        Unit::new(plain, self)
    }
}

/// An application unit on its way to the wire.
#[derive(Debug)]
pub(crate) struct Unit {
    plain: Vec<u8>,
    wire: Vec<u8>,
    key: Option<[u8; 16]>,
    auth_key: Option<[u8; 16]>,
    body: Body,
}

impl Unit {
    /// A text telegram.
    pub(crate) fn telegram(text: String, body: Body) -> Self {
        Self::new(text.into_bytes(), body)
    }

    /// In clear, unless the house ciphers everything.
    fn new(plain: Vec<u8>, body: Body) -> Self {
        let keyed = body.keyed;
        let unit = Self { wire: plain.clone(), plain, key: None, auth_key: None, body };
        match keyed {
            None => unit,
            Some(h) => {
                let control = if h.house.given_auth_key().is_some() { BOTH } else { ENCRYPTED };
                unit.ciphered(&h, b"SIM", control)
            }
        }
    }

    /// In a general-glo-ciphering envelope under the keys of the house.
    pub(crate) fn ciphered(self, h: &Household, title: &[u8], control: u8) -> Self {
        let auth_key = (control & BOTH == BOTH).then(|| h.auth_key());
        self.ciphered_with(h, title, control, auth_key, Length::Shortest)
    }

    /// The same with an authentication key that is everybody's, unless the house was given its own, and a form of the
    /// length.
    pub(crate) fn ciphered_with(
        mut self,
        h: &Household,
        title: &[u8],
        control: u8,
        auth_key: Option<[u8; 16]>,
        length: Length,
    ) -> Self {
        let auth_key = auth_key.map(|key| h.house.given_auth_key().unwrap_or(key));
        let (key, title, auth) = (h.key(), h.title(title), auth_key.unwrap_or_default());
        let cipher = Cipher { title, control, counter: h.counter(), key: &key, auth_key: &auth, length };
        self.wire = cipher.general_glo(&self.plain);
        self.body.values.retain(|(name, _)| *name != "frame_counter");
        self.body.values.push(("frame_counter", h.counter().into()));
        (self.key, self.auth_key) = (Some(key), auth_key);
        self
    }

    /// In one HDLC frame.
    pub(crate) fn hdlc(self, destination: &[u8], source: &[u8], control: u8) -> Message {
        let bytes = hdlc::frame(destination, source, control, &with_llc(&self.wire), false);
        self.message(bytes)
    }

    /// In HDLC segments of at most `size` octets.
    pub(crate) fn segments(
        self,
        destination: &[u8],
        source: &[u8],
        controls: (u8, u8),
        size: usize,
    ) -> Message {
        let bytes = hdlc::segments(destination, source, controls, &with_llc(&self.wire), size);
        self.message(bytes)
    }

    /// In transfer blocks of at most `size` octets, one to an HDLC frame, the LLC header in the first only.
    pub(crate) fn hdlc_blocks(self, destination: &[u8], source: &[u8], size: usize) -> Message {
        let frame = |(index, block): (usize, Vec<u8>)| {
            let information = if index == 0 { with_llc(&block) } else { block };
            hdlc::frame(destination, source, 0x13, &information, false)
        };
        let bytes = blocks(&self.wire, size, true).into_iter().enumerate().flat_map(frame).collect();
        self.message(bytes)
    }

    /// In M-Bus telegrams of at most `size` octets.
    pub(crate) fn mbus(self, size: usize) -> Message {
        let bytes = mbus::telegrams(&self.wire, size);
        self.message(bytes)
    }

    /// As it is.
    pub(crate) fn bare(self) -> Message {
        let bytes = self.wire.clone();
        self.message(bytes)
    }

    fn message(self, bytes: Vec<u8>) -> Message {
        let Self { plain, key, auth_key, body, .. } = self;
        let Body { values, texts, clock, .. } = body;
        Message { list: "", bytes, plain, key, auth_key, values, texts, clock }
    }
}
