use serde_json::{Map, Value, json};
use serde_path_to_error::{Path, Segment};

use super::{World, WorldError};
use crate::json_words::in_words_of_json;
use crate::oidc::BUILT_IN_ISSUER;
use crate::switches::Switches;

/// A patch that cannot be applied: where, and what is wrong with it. Nothing changes then.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// Something else than an object stands where one has to be.
    #[error(
        "{place}: send an object, such as {{\"accounts\": {{\"111122223333\": {{\"roles\": {{\"old\": null}}}}}}}}"
    )]
    #[non_exhaustive]
    NotAnObject {
        /// Where, such as `accounts.111122223333`.
        place: String,
    },
    /// What is to be deleted does not exist.
    #[error("{place}: there is nothing of that name to delete; there is {}", list(.known))]
    #[non_exhaustive]
    NothingToDelete {
        /// Where, such as `accounts.111122223333.roles.x`.
        place: String,
        /// What exists there.
        known: Vec<String>,
    },
    /// What results is no world: a name that does not exist, or a value of the wrong type.
    #[error("{place}: {problem}")]
    #[non_exhaustive]
    Shape {
        /// Where, such as `accounts.111122223333.roles.x.path`.
        place: String,
        /// What.
        problem: String,
    },
    /// What results cannot be.
    #[error(transparent)]
    World(#[from] WorldError),
}

/// How a list is told about by an object.
enum List {
    /// Of objects, each with this member as its name.
    Named(&'static str),
    /// Of texts.
    Texts,
}

/// Members that are one value, not to be merged with what was there: half of a policy is none.
const WHOLE: [&str; 3] = ["trust_policy", "document", "keys"];

impl World {
    /// The world with a patch applied: a merge patch ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)) that may name the members of a list.
    ///
    /// An object in place of a list changes the members that it names, adds those that do not exist, and deletes those that are `null`. Accounts,
    /// access keys and root access keys go by their `id`, users, roles, policies and SAML providers by their `name`, MFA devices by their
    /// `serial`, OIDC providers by their `url`, which of the built-in issuer is
    /// `https://oidc.fake-sts.test`; of a list of texts, `true` adds one. Policies are replaced as a whole.
    ///
    /// ```
    /// use fake_sts_model::world::World;
    /// use serde_json::json;
    ///
    /// let world = World::standard().patched(&json!({"accounts": {"111122223333": {
    ///     "users": {"bob": null},
    ///     "roles": {"plain": {"max_session_duration": 7200}}
    /// }}}))?;
    /// assert_eq!(world.accounts[0].users.len(), 1);
    /// # Ok::<(), fake_sts_model::world::PatchError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the patch names what it cannot, or what results is no world.
    pub fn patched(&self, patch: &Value) -> Result<Self, PatchError> {
        // A world is names, texts, numbers and JSON, all of which JSON can hold.
        let mut world = serde_json::to_value(self).unwrap_or_default();
        // Another date sets every dated switch that the patch does not name.
        if patch.pointer("/switches/as_of").is_some()
            && let Some(switches) = world.get_mut("switches").and_then(Value::as_object_mut)
        {
            Switches::dated().iter().for_each(|name| drop(switches.remove(name)));
        }
        let place = Place { names: Vec::new(), members: Vec::new() };
        merge(&mut world, patch, &place)?;
        serde_path_to_error::deserialize(&world).map_err(|error| PatchError::Shape {
            place: told_by_name(&world, error.path()),
            problem: in_words_of_json(&error.inner().to_string()),
        })
    }
}

/// Where in a world: the names as a person follows them, and those of them that are members.
#[derive(Clone)]
struct Place<'a> {
    names: Vec<&'a str>,
    members: Vec<&'a str>,
}

impl<'a> Place<'a> {
    fn member(&self, name: &'a str) -> Self {
        let mut place = self.element(name);
        place.members.push(name);
        place
    }

    fn element(&self, name: &'a str) -> Self {
        let mut place = self.clone();
        place.names.push(name);
        place
    }

    fn path(&self) -> String {
        if self.names.is_empty() { "the patch".to_owned() } else { self.names.join(".") }
    }

    fn list(&self) -> Option<List> {
        Some(match self.members[..] {
            ["accounts"] | [.., "root_access_keys" | "access_keys"] => List::Named("id"),
            ["accounts", "managed_policies"]
            | [
                ..,
                "users"
                | "roles"
                | "policies"
                | "saml_providers"
                | "aws_managed_policies"
                | "resource_control_policies",
            ] => List::Named("name"),
            [.., "mfa_devices"] => List::Named("serial"),
            [.., "oidc_providers"] => List::Named("url"),
            [.., "oauth_tokens" | "trade_in_tokens"] => List::Named("token"),
            [.., "managed_policies" | "client_ids" | "thumbprints" | "disabled_regions"] => {
                List::Texts
            }
            _ => return None,
        })
    }

    fn is_whole(&self) -> bool {
        self.members.last().is_some_and(|last| WHOLE.contains(last))
    }
}

/// A path through a world as the patch has it: the elements of lists by their names, as far as they have any.
fn told_by_name(world: &Value, path: &Path) -> String {
    let mut place = Place { names: Vec::new(), members: Vec::new() };
    let (mut names, mut at) = (Vec::new(), world);
    for segment in path {
        let (name, next) = match segment {
            Segment::Map { key } => {
                place.members.push(key);
                (key.clone(), at.get(key))
            }
            Segment::Seq { index } => {
                let element = at.get(index);
                let name = place.list().zip(element).and_then(|(kind, it)| name_of(it, &kind));
                (name.map_or_else(|| index.to_string(), str::to_owned), element)
            }
            _ => continue,
        };
        names.push(name);
        at = next.unwrap_or(&Value::Null);
    }
    names.join(".")
}

fn merge<'a>(target: &mut Value, patch: &'a Value, place: &Place<'a>) -> Result<(), PatchError> {
    let Value::Object(members) = patch else {
        return Err(PatchError::NotAnObject { place: place.path() });
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(target) = target.as_object_mut() else { return Ok(()) };
    for (name, value) in members {
        let place = place.member(name);
        match (value, place.list()) {
            (Value::Null, _) => {
                target.remove(name);
            }
            (Value::Object(changes), Some(list)) => {
                let members = target.entry(name).or_insert_with(|| json!([]));
                change_list(members, changes, &list, &place)?;
            }
            (Value::Object(_), None) if !place.is_whole() => {
                merge(target.entry(name).or_insert(Value::Null), value, &place)?;
            }
            _ => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(())
}

fn change_list<'a>(
    list: &mut Value,
    changes: &'a Map<String, Value>,
    kind: &List,
    place: &Place<'a>,
) -> Result<(), PatchError> {
    let Some(list) = list.as_array_mut() else { return Ok(()) };
    for (name, change) in changes {
        let place = place.element(name);
        let at = list.iter().position(|element| is_named(element, kind, name));
        match (change, kind, at) {
            (Value::Null, _, Some(at)) => {
                list.remove(at);
            }
            (Value::Null, _, None) => {
                let known = list.iter().filter_map(|element| name_of(element, kind));
                let known = known.map(str::to_owned).collect();
                return Err(PatchError::NothingToDelete { place: place.path(), known });
            }
            (Value::Bool(true), List::Texts, Some(_)) => {}
            (Value::Bool(true), List::Texts, None) => list.push(name.as_str().into()),
            (_, List::Texts, _) => {
                let problem = "send true to add it, null to remove it".to_owned();
                return Err(PatchError::Shape { place: place.path(), problem });
            }
            (_, List::Named(_), Some(at)) => merge(&mut list[at], change, &place)?,
            (_, List::Named(key), None) => {
                let mut element = json!({ *key: name });
                merge(&mut element, change, &place)?;
                list.push(element);
            }
        }
    }
    Ok(())
}

fn name_of<'a>(element: &'a Value, kind: &List) -> Option<&'a str> {
    match kind {
        // The provider of the built-in issuer has no URL in a world.
        List::Named("url") => element.get("url").map_or(Some(BUILT_IN_ISSUER), Value::as_str),
        List::Named(key) => element.get(*key)?.as_str(),
        List::Texts => element.as_str(),
    }
}

/// Virtual MFA devices go by the end of their ARN, too: `mfa/alice`.
fn is_named(element: &Value, kind: &List, name: &str) -> bool {
    name_of(element, kind).is_some_and(|known| {
        let short = name.starts_with("mfa/") && known.ends_with(&format!(":{name}"));
        known == name || short
    })
}

fn list(known: &[String]) -> String {
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
}
