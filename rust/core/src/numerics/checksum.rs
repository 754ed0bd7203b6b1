//! CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320).

/// The CRC-32 of `bytes`.
pub fn crc32(bytes: &[u8]) -> u32 {
    todo!()
}
