//! Where a value ends.

/// The length of the value at the beginning, if its end can be seen.
pub(super) fn extent(bytes: &[u8], at_end: bool) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => depth -= 1,
            // A bare word or number.
            byte if depth == 0 && !matches!(byte, b',' | b':') && !byte.is_ascii_whitespace() => {
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
                let end = bytes[at..].iter().position(ends);
                return end.map(|length| at + length).or_else(|| at_end.then_some(bytes.len()));
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Where the string that begins at `at` has its closing quote.
pub(in crate::files) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}
