use std::any::Any;
use std::sync::OnceLock;

use crate::Credentials;

/// Another library's form of credentials, made once and kept beside them.
///
/// Such as the key of a signer or the identity of an SDK. [`Credentials::derived`] makes it at
/// the first use. From then on a cache makes it for each new value before it serves that
/// value, so that no caller converts or waits.
///
/// ```
/// use std::sync::Arc;
///
/// use stscreds_core::{Credentials, DerivedForm};
///
/// struct Scope(Arc<str>);
///
/// impl DerivedForm for Scope {
///     fn derive(credentials: &Credentials) -> Self {
///         Self(format!("{}/eu-central-1", credentials.access_key_id()).into())
///     }
///
///     fn uncontended(&self) -> Self {
///         Self(Arc::from(&*self.0))
///     }
/// }
///
/// let credentials = Credentials::new("AKIAEXAMPLE", "a secret");
///
/// assert_eq!(&*credentials.derived::<Scope>().0, "AKIAEXAMPLE/eu-central-1");
/// assert!(std::ptr::eq(credentials.derived::<Scope>(), credentials.derived::<Scope>()));
/// ```
///
/// # What an implementer must do
///
/// - Keep no [`Credentials`] in the form: they own it, and such a cycle would never wipe the
///   secret.
/// - Not panic: in a cache, that would fail the refresh.
/// - Make a form that cannot be made an error inside of it, such as a `Result`.
pub trait DerivedForm: Sized + Send + Sync + 'static {
    /// Makes the form. A copy of a secret in it must be wiped when it is dropped.
    fn derive(credentials: &Credentials) -> Self;

    /// Another wrapper around the same content, with a reference count of its own.
    ///
    /// Each handle from [`Credentials::uncontended`] gets one, so that threads that clone
    /// what is in the form do not slow each other down. It must not copy a secret.
    #[must_use]
    fn uncontended(&self) -> Self;
}

/// The forms that were asked for: a list that only grows, read without a lock.
#[derive(Default)]
pub(super) struct Forms(OnceLock<Box<dyn Node>>);

/// A form of any type. `Any` comes first, as it then costs nothing to see a node as one.
trait Node: Any + Send + Sync {
    fn next(&self) -> &Forms;

    /// Makes the same form for other credentials.
    fn prepare(&self, credentials: &Credentials);
}

struct Form<T> {
    form: T,
    next: Forms,
}

impl<T: DerivedForm> Node for Form<T> {
    fn next(&self) -> &Forms {
        &self.next
    }

    fn prepare(&self, credentials: &Credentials) {
        let _prepared: &T = credentials.derived();
    }
}

impl Forms {
    /// Inline, as far as the first one: most credentials have no other, and each hit of an
    /// adapter comes here.
    #[inline]
    pub(super) fn find<T: DerivedForm>(&self) -> Option<&T> {
        let first = self.0.get()?;
        match form_of(&**first) {
            None => first.next().find_further(),
            found => found,
        }
    }

    #[cold]
    fn find_further<T: DerivedForm>(&self) -> Option<&T> {
        let mut rest = self;
        while let Some(first) = rest.0.get() {
            match form_of(&**first) {
                None => rest = first.next(),
                found => return found,
            }
        }
        None
    }

    /// `make` runs outside of any lock, so it may ask for other forms. Of two threads that
    /// make one at the same time, both get the first.
    pub(super) fn find_or_insert<T: DerivedForm>(&self, make: impl Fn() -> T) -> &T {
        if let Some(found) = self.find() {
            return found;
        }
        let new = |form| -> Box<dyn Node> { Box::new(Form { form, next: Self::default() }) };
        let mut made = Some(new(make()));
        let mut rest = self;
        loop {
            let first = rest.0.get_or_init(|| made.take().unwrap_or_else(|| new(make())));
            match form_of(&**first) {
                Some(found) => return found,
                None => rest = first.next(),
            }
        }
    }

    /// Makes all these forms for other credentials.
    pub(super) fn prepare(&self, credentials: &Credentials) {
        let mut rest = self;
        while let Some(first) = rest.0.get() {
            first.prepare(credentials);
            rest = first.next();
        }
    }
}

#[inline]
fn form_of<T: DerivedForm>(node: &dyn Node) -> Option<&T> {
    let any: &dyn Any = node;
    any.downcast_ref().map(|node: &Form<T>| &node.form)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier, Weak};

    use super::*;

    /// Two forms of one shape, told apart by their type.
    struct Numbered<const N: u8> {
        content: Arc<String>,
        wrapper: Arc<()>,
    }

    impl<const N: u8> DerivedForm for Numbered<N> {
        fn derive(credentials: &Credentials) -> Self {
            let content = Arc::new(format!("{N} {}", credentials.access_key_id()));
            Self { content, wrapper: Arc::default() }
        }

        fn uncontended(&self) -> Self {
            Self { content: Arc::clone(&self.content), wrapper: Arc::default() }
        }
    }

    /// Asks for another form while it is made.
    struct Nested;

    impl DerivedForm for Nested {
        fn derive(credentials: &Credentials) -> Self {
            let _asked: &Numbered<1> = credentials.derived();
            Self
        }

        fn uncontended(&self) -> Self {
            Self
        }
    }

    fn credentials(id: &str) -> Credentials {
        Credentials::new(id, "a secret")
    }

    #[test]
    fn a_form_is_made_once_for_each_type() {
        let credentials = credentials("AKIA1");

        let one = credentials.derived::<Numbered<1>>();
        let two = credentials.derived::<Numbered<2>>();

        assert_eq!((one.content.as_str(), two.content.as_str()), ("1 AKIA1", "2 AKIA1"));
        assert!(std::ptr::eq(one, credentials.clone().derived::<Numbered<1>>()));
    }

    #[test]
    fn handles_share_the_content_and_have_a_wrapper_each() {
        let credentials = credentials("AKIA1");
        let before = credentials.uncontended();
        let one = credentials.derived::<Numbered<1>>();
        let after = credentials.uncontended();

        for other in [before, after] {
            let other = other.derived::<Numbered<1>>();
            assert!(Arc::ptr_eq(&one.content, &other.content));
            assert!(!Arc::ptr_eq(&one.wrapper, &other.wrapper));
        }
    }

    #[test]
    fn new_credentials_get_the_forms_that_the_old_ones_were_asked_for() {
        let (old, new) = (credentials("AKIA1"), credentials("AKIA2"));
        let striped = old.uncontended();
        let _asked: &Numbered<1> = striped.derived();
        let _asked: &Numbered<2> = old.derived();

        new.prepare_like(&old);

        let striped = new.uncontended();
        for handle in [&new, &striped] {
            assert!(handle.0.forms.find::<Numbered<1>>().is_some(), "ready without a call");
            assert_eq!(handle.0.forms.find::<Numbered<2>>().unwrap().content.as_str(), "2 AKIA2");
        }
    }

    #[test]
    fn a_form_may_ask_for_another_while_it_is_made() {
        let credentials = credentials("AKIA1");

        let _asked: &Nested = credentials.derived();

        assert!(credentials.0.forms.find::<Numbered<1>>().is_some());
    }

    #[test]
    fn threads_that_ask_at_once_get_the_same_form() {
        let credentials = credentials("AKIA1");
        let barrier = Barrier::new(4);

        let contents: Vec<_> = std::thread::scope(|scope| {
            let ask = || {
                barrier.wait();
                Arc::clone(&credentials.derived::<Numbered<1>>().content)
            };
            let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        });

        assert!(contents.iter().all(|content| Arc::ptr_eq(content, &contents[0])));
    }

    #[test]
    fn the_forms_go_with_the_last_handle() {
        let credentials = credentials("AKIA1");
        let form: Weak<String> = Arc::downgrade(&credentials.derived::<Numbered<1>>().content);
        let striped = credentials.uncontended();

        drop(credentials);
        assert!(form.upgrade().is_some());
        drop(striped);
        assert!(form.upgrade().is_none());
    }
}
