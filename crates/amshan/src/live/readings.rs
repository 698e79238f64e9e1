//! Readings of one's own, as a stream.

use std::collections::VecDeque;

use amshan_meters::ReadingBuf;
use futures_util::stream::{self, Stream};
use tokio::io::AsyncRead;

use super::connection::{Connection, Event};
use super::messages::AsyncMessages;
use crate::blocking::ReadError;
use crate::decoder::Decoder;
use crate::error::Error;
use crate::message::Message;

impl<R: AsyncRead + Unpin> AsyncMessages<R> {
    /// The readings of all messages, without the messages, so that they can be sent to others.
    ///
    /// What is broken or can't be decoded is an item, and so is a failure of the source, which is the last.
    pub fn readings(self, decoder: Decoder<'_>) -> impl Stream<Item = Result<ReadingBuf, ReadError>> {
        let state = (Some(self), VecDeque::new());
        stream::unfold(state, move |(mut messages, mut waiting): (Option<Self>, VecDeque<_>)| async move {
            loop {
                if let Some(item) = waiting.pop_front() {
                    return Some((item, (messages, waiting)));
                }
                match messages.as_mut()?.next_message().await? {
                    Ok(message) => {
                        waiting.extend(decode(&decoder, message).map(|item| item.map_err(ReadError::Stream)));
                    }
                    Err(ReadError::Source(error)) => {
                        messages = None;
                        waiting.push_back(Err(ReadError::Source(error)));
                    }
                    Err(error) => waiting.push_back(Err(error)),
                }
            }
        })
    }
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// The readings of all messages, without the messages, for as long as the connection is kept. What is broken or can't
    /// be decoded is an item; whoever wants to know how the connection stands calls [`next`](Self::next).
    pub fn readings(self, decoder: Decoder<'_>) -> impl Stream<Item = Result<ReadingBuf, Error>> {
        stream::unfold(
            (self, VecDeque::new()),
            move |(mut connection, mut waiting): (Self, VecDeque<_>)| async move {
                loop {
                    if let Some(item) = waiting.pop_front() {
                        return Some((item, (connection, waiting)));
                    }
                    match connection.next().await? {
                        Event::Message(message) => waiting.extend(decode(&decoder, message)),
                        Event::Broken(error) => waiting.push_back(Err(error)),
                        Event::State(_) => {}
                    }
                }
            },
        )
    }
}

fn decode<'a, 'k: 'a>(
    decoder: &Decoder<'k>,
    message: Message<'a>,
) -> impl Iterator<Item = Result<ReadingBuf, Error>> + use<'a, 'k> {
    decoder.readings(message).map(|reading| reading.map(|reading| reading.to_buf()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;
    use core::pin::pin;
    use futures_util::StreamExt;
    use std::io;
    use std::string::ToString;
    use std::vec::Vec;

    const TELEGRAM: &[u8] = b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";

    /// Two telegrams and the start of another.
    fn octets() -> Vec<u8> {
        [TELEGRAM, TELEGRAM, &TELEGRAM[..20]].concat()
    }

    #[tokio::test]
    async fn readings_outlive_their_messages() {
        let octets = octets();
        let found: Vec<_> = AsyncMessages::new(&octets[..]).readings(Decoder::new()).collect().await;
        let [Ok(first), Ok(second), Err(ReadError::Stream(_))] = &found[..] else { panic!("{found:?}") };
        assert_eq!(first, second);
        assert_eq!(first.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string(), "543 W");
    }

    #[tokio::test]
    async fn a_failure_of_the_source_is_the_last_item() {
        let octets = octets();
        let broken = failing(&octets[..TELEGRAM.len()]);
        let found: Vec<_> = AsyncMessages::new(broken).readings(Decoder::new()).collect().await;
        assert!(matches!(&found[..], [Ok(_), Err(ReadError::Source(_))]), "{found:?}");
    }

    /// Gives these octets, and fails then.
    fn failing(octets: &[u8]) -> impl AsyncRead + Unpin {
        struct Broken<'a>(&'a [u8]);
        impl AsyncRead for Broken<'_> {
            fn poll_read(
                mut self: core::pin::Pin<&mut Self>,
                _: &mut core::task::Context<'_>,
                buffer: &mut tokio::io::ReadBuf<'_>,
            ) -> core::task::Poll<io::Result<()>> {
                if self.0.is_empty() {
                    return core::task::Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
                buffer.put_slice(core::mem::take(&mut self.0));
                core::task::Poll::Ready(Ok(()))
            }
        }
        Broken(octets)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_made_again_goes_on() {
        let connect = || core::future::ready(Ok(TELEGRAM));
        let readings = Connection::new(connect).readings(Decoder::new());
        let found: Vec<_> = pin!(readings).take(5).collect().await;
        assert!(found.iter().all(|reading| reading.is_ok()), "{found:?}");
    }
}
