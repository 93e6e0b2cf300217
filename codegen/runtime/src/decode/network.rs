//! `uuid`, `inet`, `cidr` and `macaddr` to their usual text.

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::{DecodeError, Result, fixed};

/// Appends `123e4567-e89b-12d3-a456-426614174000`.
pub(super) fn write_uuid(raw: &[u8], out: &mut Vec<u8>) -> Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let raw: [u8; 16] = fixed(raw, "uuid")?;
    for (index, byte) in raw.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    Ok(())
}

/// Appends `10.0.0.0/8`; the mask is left out where an `inet` is one host.
///
/// Layout: family (2 for IPv4, 3 for IPv6), bits of the mask, whether it is a `cidr`, length,
/// address (`network_send` in PostgreSQL's `network.c`).
pub(super) fn write_inet(raw: &[u8], out: &mut Vec<u8>) -> Result {
    let [family, bits, is_cidr, _, address @ ..] = raw else {
        return Err(DecodeError::Malformed("inet"));
    };
    let full = match family {
        2 => {
            let _ = write!(out, "{}", Ipv4Addr::from(fixed::<4>(address, "inet")?));
            32
        }
        3 => {
            let _ = write!(out, "{}", Ipv6Addr::from(fixed::<16>(address, "inet")?));
            128
        }
        _ => return Err(DecodeError::Malformed("inet")),
    };
    if *is_cidr == 1 || *bits != full {
        let _ = write!(out, "/{bits}");
    }
    Ok(())
}

/// Appends `08:00:2b:01:02:03`.
pub(super) fn write_macaddr(raw: &[u8], out: &mut Vec<u8>) -> Result {
    let raw: [u8; 6] = fixed(raw, "macaddr")?;
    for (index, byte) in raw.into_iter().enumerate() {
        let _ = write!(out, "{}{byte:02x}", if index > 0 { ":" } else { "" });
    }
    Ok(())
}
