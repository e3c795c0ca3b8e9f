use crate::world::{Account, Role, User};

pub(super) fn of_user(account: &Account, user: &User) -> String {
    format!("arn:{}:iam::{}:user{}{}", account.partition, account.id, user.path, user.name)
}

pub(super) fn of_role(account: &Account, role: &Role) -> String {
    format!("arn:{}:iam::{}:role{}{}", account.partition, account.id, role.path, role.name)
}
