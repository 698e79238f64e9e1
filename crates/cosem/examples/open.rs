//! A ciphered message: what can be seen of it, and what is in it, opened where it lies.

use amshan_cosem::{Apdu, Envelope, Key, Keys};

/// A push of one number.
const MESSAGE: &[u8] =
    b"\xdb\x08\x4b\x46\x4d\xcc\x52\x13\x91\x4c\x1e\x30\x00\x00\x12\x34\xf5\xe6\x49\x3e\x0b\xfd\x6b\x7b\
    \x18\x4a\x45\xaf\xac\x69\x18\x67\xf8\x65\xa7\xbd\x02\x26\xbb\xdc\x39";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut message = MESSAGE.to_vec();
    let envelope = Envelope::parse(&message)?;
    println!("from {}, counter {}", envelope.system_title, envelope.counter);

    let zero = Key::from_octets(&[0; 16])?;
    let wrong = Keys { encryption: zero.clone(), authentication: Some(zero) };
    if let Err(error) = envelope.open(&mut message, &wrong) {
        println!("{error}"); // and the message is as it was
    }

    // As the grid company hands them out.
    let keys = Keys {
        encryption: Key::from_hex("f5ca0728 0d0b4d60 cde6b01c 3f6ec4bf")?,
        authentication: Some(Key::from_hex("d6e48637 ec13f41f 39d91171 f19f2c1e")?),
    };
    let opened = envelope.open(&mut message, &keys)?;
    println!("its tag is right: {}", opened.security.authenticated);
    let (apdu, _) = Apdu::parse(&message[opened.content])?;
    let Apdu::DataNotification(notification) = apdu else { panic!("{apdu:?}") };
    for node in notification.body.walk() {
        println!("{:?}", node.data);
    }
    Ok(())
}
