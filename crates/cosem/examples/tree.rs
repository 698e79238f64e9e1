//! The data in an application message, as a tree.

use amshan_cosem::{Apdu, Data};

fn main() -> Result<(), amshan_cosem::Error> {
    // What an Aidon meter pushes every 2.5 seconds: an array of one structure.
    let message =
        b"\x0f\x40\x00\x00\x00\x00\x01\x01\x02\x03\x09\x06\x01\x00\x01\x07\x00\xff\x06\x00\x00\x07\xff\
        \x02\x02\x0f\x00\x16\x1b";

    let (apdu, rest) = Apdu::parse(message)?;
    let Apdu::DataNotification(notification) = apdu else { panic!("{apdu:?}") };
    println!("data-notification {}, {} octets behind it", notification.invoke_id.number(), rest.len());
    for node in notification.body.walk() {
        let name = node.data.kind().and_then(|kind| kind.name()).unwrap_or("?");
        print!("{:indent$}{name}", "", indent = node.depth * 2);
        match (node.data.number(), node.data) {
            (Some(number), _) => println!(" {number}"),
            (None, Data::OctetString(octets)) => println!(" {octets:02x?}"),
            _ => println!(),
        }
    }
    Ok(())
}
