//! The parameters of a request. Input: a query string, a line break, a form body.

#![no_main]

use fake_sts::wire::Form;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let (query, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let form = match Form::parse(query, body) {
        Ok(form) => form,
        Err(fault) => return drop(fault.to_string()),
    };
    for (name, _) in form.iter() {
        let first = form.iter().find(|(other, _)| *other == name).map(|(_, value)| value);
        assert_eq!(form.first(name), first);
    }
});
