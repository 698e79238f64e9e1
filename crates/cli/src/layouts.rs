//! Layouts from a file, and the one that the user chose.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use amshan::meters::{DIALECTS, LAYOUTS, Layout, LayoutError};
use amshan::{Decoder, Lists};

use crate::Status;
use crate::args::LayoutOptions;

/// The layouts that the user gave, and the lists and telegrams that came.
#[derive(Debug)]
pub(crate) struct Layouts {
    lists: Lists<'static>,
}

/// Why they can't be used.
#[derive(Debug)]
pub(crate) enum Error {
    /// The file can't be read.
    File(PathBuf, io::Error),
    /// It makes no sense.
    Form(PathBuf, LayoutError),
    /// There is no layout of this name.
    Unknown(String),
    /// It is a kind of P1 telegram, for which there is no table.
    Telegram(String),
}

impl Layouts {
    pub(crate) fn new(options: &LayoutOptions) -> Result<Self, Error> {
        let layouts = Self::of_file(options.layouts.as_deref())?;
        match &options.meter {
            None => Ok(layouts),
            Some(name) => Ok(Self { lists: Lists::only(Box::leak(Box::new(*layouts.named(name)?))) }),
        }
    }

    /// Those of a file, if there is one. They last as long as the program.
    pub(crate) fn of_file(path: Option<&Path>) -> Result<Self, Error> {
        let own = path.map_or(Ok(Vec::new()), read)?;
        Ok(Self { lists: Lists::new(own.leak()) })
    }

    /// All of them: the user's own, which are tried first, and the built-in ones.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Layout<'static>> {
        let (own, _) = self.lists.own();
        own.iter().chain(LAYOUTS)
    }

    /// The one of this name.
    pub(crate) fn named(&self, name: &str) -> Result<&Layout<'static>, Error> {
        let is_telegram = DIALECTS.iter().any(|dialect| dialect.name == name);
        self.all().find(|layout| layout.name == name).ok_or_else(|| {
            let name = name.to_owned();
            if is_telegram { Error::Telegram(name) } else { Error::Unknown(name) }
        })
    }

    /// Those that a list may have which comes in this framing from the sender with this system title, in the order in
    /// which they are tried.
    pub(crate) fn for_list<'l>(
        &'l self,
        framing: &'l str,
        title: &'l [u8],
    ) -> impl Iterator<Item = &'l Layout<'l>> {
        let (own, only) = self.lists.own();
        let known = if only { &[] } else { LAYOUTS };
        own.iter().filter(move |layout| layout.may_come(framing, title)).chain(known)
    }

    /// The user's own that a P1 telegram may have; telegrams need no others.
    pub(crate) fn for_telegrams<'l>(&'l self) -> impl Iterator<Item = &'l Layout<'l>> {
        let (own, _) = self.lists.own();
        own.iter().filter(|layout| layout.framing.is_empty() || layout.framing == amshan::Framing::P1.name())
    }

    /// A decoder that knows them.
    pub(crate) const fn decoder(&self) -> Decoder<'_> {
        Decoder::new().lists(&self.lists)
    }
}

impl Error {
    pub(crate) const fn status(&self) -> Status {
        match self {
            Self::File(..) => Status::Unreadable,
            _ => Status::Usage,
        }
    }
}

fn read(path: &Path) -> Result<Vec<Layout<'static>>, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::File(path.to_owned(), error))?;
    Layout::from_toml(&text).map_err(|error| Error::Form(path.to_owned(), error))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Form(path, error) => write!(f, "{}, {error}", path.display()),
            Self::Unknown(name) => {
                write!(f, "no list is called \"{name}\"; `amshan meters` names them")
            }
            Self::Telegram(name) => {
                write!(
                    f,
                    "{name} is a kind of P1 telegram: these describe themselves, and there is no table for them"
                )
            }
        }
    }
}
