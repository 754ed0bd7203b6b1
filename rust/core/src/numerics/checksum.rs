//! CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320), eight bytes at a time.
//!
//! The remainder of a message is the sum (exclusive or) of the remainders of its bytes, each followed by as many zeros
//! as there are bytes after it. With a table for every number of zeros up to seven, eight bytes take eight independent
//! look-ups ("slicing-by-8"; Kounavis and Berry 2008). A snapshot of 10^5 trials of ten parameters has 10 MB
//! (`benches/results/speed.md`).

/// Bytes that are read at once.
const WIDTH: usize = 8;

/// `TABLES[k][b]` is the remainder of byte `b` followed by `k` zeros.
static TABLES: [[u32; 256]; WIDTH] = tables();

const fn tables() -> [[u32; 256]; WIDTH] {
    let mut tables = [[0; 256]; WIDTH];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = (remainder >> 1) ^ (0xEDB8_8320 * (remainder & 1));
            bit += 1;
        }
        tables[0][byte] = remainder;
        byte += 1;
    }
    let mut k = 1;
    while k < WIDTH {
        let mut byte = 0;
        while byte < 256 {
            let shorter = tables[k - 1][byte];
            tables[k][byte] = (shorter >> 8) ^ tables[0][(shorter & 0xFF) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// The CRC-32 of `bytes`.
pub fn crc32(bytes: &[u8]) -> u32 {
    let (blocks, rest) = bytes.as_chunks::<WIDTH>();
    let whole = blocks.iter().copied().fold(u32::MAX, update_block);
    !rest.iter().copied().fold(whole, update_byte)
}

/// The checksum after one more byte.
fn update_byte(crc: u32, byte: u8) -> u32 {
    (crc >> 8) ^ TABLES[0][((crc ^ u32::from(byte)) & 0xFF) as usize]
}

/// The checksum after eight more bytes; the first four are added to the checksum so far.
fn update_block(crc: u32, block: [u8; WIDTH]) -> u32 {
    let word = u64::from_le_bytes(block) ^ u64::from(crc);
    let bytes = word.to_le_bytes();
    bytes.iter().zip(TABLES.iter().rev()).fold(0, |sum, (byte, table)| sum ^ table[usize::from(*byte)])
}

#[cfg(test)]
mod tests {
    use super::{crc32, update_byte};

    #[test]
    fn crc32_of_the_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn eight_bytes_at_a_time_are_as_good_as_one_by_one() {
        let bytes: Vec<u8> = (0..1000u32).map(|i| (i * i / 7) as u8).collect();
        for length in 0..bytes.len() {
            let bytes = &bytes[..length];
            assert_eq!(crc32(bytes), !bytes.iter().copied().fold(u32::MAX, update_byte));
        }
    }

    #[test]
    fn crc32_sees_every_flipped_bit() {
        let bytes: Vec<u8> = (0..64).collect();
        for position in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[position / 8] ^= 1 << (position % 8);
            assert_ne!(crc32(&flipped), crc32(&bytes));
        }
    }
}
