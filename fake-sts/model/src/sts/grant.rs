use super::{Endpoint, Scene};
use crate::switches::{PackedPolicy, PackedPolicySize, SessionTokenSize};
use crate::wire::{Answer, ErrorCode, Input, Refusal};
use crate::world::{
    AccountId, Credentials, OriginIdentity, Session, SessionPolicies, SessionPrincipal,
    TokenVersion, unique_id,
};

/// A session to be issued.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) session: Session,
    /// `MinimumSessionTokenSize`.
    pub(super) minimum_token_size: Option<i32>,
    /// The bytes of the federated identity, which real tokens carry.
    pub(super) identity_len: usize,
}

/// Issued credentials, and how much room they took.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) credentials: Credentials,
    /// In percent of the limit.
    pub(super) utilization: i64,
    /// The value of `PackedPolicySize`, where the response has the member.
    pub(super) packed_size: Option<i64>,
    size: i64,
    size_members: SessionTokenSize,
}

/// The greatest session token, in bytes.
const TOKEN_LIMIT: i64 = 4096;

/// Reads `MinimumSessionTokenSize`.
pub(super) fn minimum_token_size(input: &mut Input<'_>) -> Option<i32> {
    input.optional_integer("MinimumSessionTokenSize", &(0..=4096))
}

impl Grant {
    /// A session that begins now, with nothing special about it.
    pub(super) fn new(
        scene: &Scene<'_>,
        account: AccountId,
        principal: SessionPrincipal,
        duration: i64,
    ) -> Self {
        let mut chance = fastrand::Rng::with_seed(scene.seed);
        let now = scene.now.as_second();
        // Expired credentials are as old as they have to be, but not older than time.
        let begin = scene.expired.map_or(now, |ago| {
            let age = i64::try_from(ago.as_secs()).unwrap_or(i64::MAX).saturating_add(duration);
            now.saturating_sub(age).max(0)
        });
        let session = Session {
            access_key_id: unique_id("ASIA", account, &mut chance),
            account,
            issued: issued(scene, &principal, begin),
            principal,
            expires: begin + duration,
            mfa_at: None,
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            policies: SessionPolicies::None,
            federated_provider: None,
            origin: None,
            scope_downs: Vec::new(),
            ancestors: Vec::new(),
            token_version: token_version(scene, account),
        };
        Self { session, minimum_token_size: None, identity_len: 0 }
    }

    /// Makes the credentials.
    ///
    /// # Errors
    ///
    /// `PackedPolicyTooLarge` when policies and tags do not fit into a session token.
    pub(super) fn issue(&self, scene: &Scene<'_>) -> Result<Issued, Refusal> {
        self.check_region(scene)?;
        let asked = self.minimum_token_size.and_then(|size| usize::try_from(size).ok());
        let minimum = asked.unwrap_or(0).max(self.usual_size());
        let credentials = scene.seal.issue(&self.session, minimum);
        let size = i64::try_from(credentials.session_token.len()).unwrap_or(i64::MAX);
        let switches = scene.switches();
        let when_packed = switches.packed_policy_size == PackedPolicySize::WhenPacked;
        let utilization = match switches.packed_policy {
            PackedPolicy::Percent(percent) if self.packs() => i64::from(percent),
            _ if when_packed => (size * 100 + TOKEN_LIMIT - 1) / TOKEN_LIMIT,
            PackedPolicy::Computed | PackedPolicy::Percent(_) => size * 100 / TOKEN_LIMIT,
        };
        if utilization > 100 || size > TOKEN_LIMIT {
            // Rounded down, a token that is a few bytes too long would be at 100 percent.
            return Err(self.too_large(utilization.max(101)));
        }
        Ok(Issued {
            credentials,
            utilization,
            packed_size: (!when_packed || self.packs()).then_some(utilization),
            size,
            size_members: switches.session_token_size,
        })
    }

    fn too_large(&self, utilization: i64) -> Refusal {
        let session = &self.session;
        let has_policies = matches!(session.policies, SessionPolicies::Only { .. })
            || !session.scope_downs.is_empty();
        let message = if has_policies {
            format!(
                "Packed policy consumes {utilization}% of allotted space, please use smaller policy."
            )
        } else {
            format!("Packed size of session tags consumes {utilization}% of allotted space.")
        };
        Refusal::new(ErrorCode::PackedPolicyTooLarge, message)
    }

    /// How long a real token of such a session is, in bytes, as far as recordings of September 2026 show it.
    ///
    /// 688 for a user, 752 for a role, 640 for a federated user, each plus the base64 of what was passed; version-1 tokens are 400 bytes shorter.
    fn usual_size(&self) -> usize {
        let session = &self.session;
        let base = match session.principal {
            SessionPrincipal::User { .. } | SessionPrincipal::Root => 688,
            SessionPrincipal::Role { .. } => 752,
            SessionPrincipal::Federated { .. } => 640,
        };
        let policies = match &session.policies {
            // The one policy of a root session is not the caller's.
            SessionPolicies::Only { .. } if session.principal == SessionPrincipal::Root => 0,
            SessionPolicies::Only { inline, managed } => {
                inline.as_ref().map_or(0, String::len)
                    + managed.iter().map(String::len).sum::<usize>()
            }
            SessionPolicies::None => 0,
        };
        let tags = session.tags.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        let source_identity = session.source_identity.as_ref().map_or(0, String::len);
        let scope_downs = session.scope_downs.iter().map(String::len).sum::<usize>();
        let origin = session.origin.as_ref().map_or(0, OriginIdentity::len);
        let passed = policies + scope_downs + tags + source_identity + origin + self.identity_len;
        let shorter = match session.token_version {
            TokenVersion::V1 => 400,
            TokenVersion::V2 => 0,
        };
        base - shorter + passed.div_ceil(3) * 4
    }
}

/// The version of the tokens that an endpoint issues for an account.
fn token_version(scene: &Scene<'_>, account: AccountId) -> TokenVersion {
    match scene.facts.endpoint {
        Endpoint::Regional => TokenVersion::V2,
        Endpoint::Global => scene
            .directory
            .account(account)
            .map(|account| account.global_endpoint_token_version)
            .unwrap_or_default()
            .into(),
    }
}

impl Grant {
    /// Whether the session has policies or tags of its own, without which no percentage of them can be too much.
    fn packs(&self) -> bool {
        let session = &self.session;
        let has_policies = match &session.policies {
            SessionPolicies::Only { inline, managed } => inline.is_some() || !managed.is_empty(),
            SessionPolicies::None => false,
        };
        // The one policy of a root session is not the caller's to make smaller.
        let has_own = has_policies || !session.tags.is_empty();
        !session.scope_downs.is_empty() || (session.principal != SessionPrincipal::Root && has_own)
    }

    /// An account can turn off the endpoint of a region, which then issues nothing for it.
    fn check_region(&self, scene: &Scene<'_>) -> Result<(), Refusal> {
        let (account, region) = (self.session.account, &scene.facts.region);
        let disabled = scene
            .directory
            .account(account)
            .is_some_and(|record| record.disabled_regions.contains(region));
        if !disabled {
            return Ok(());
        }
        let message = format!(
            "STS is not activated in this region for account:{account}. Your account administrator can activate STS in this region using the IAM Console."
        );
        Err(Refusal::new(ErrorCode::RegionDisabledException, message))
    }
}

impl Issued {
    /// The answer with the members that tell the size of the session token, where they are wanted.
    pub(super) fn with_size(&self, answer: Answer) -> Answer {
        match self.size_members {
            SessionTokenSize::Absent => answer,
            SessionTokenSize::Present => self.with_size_in_any_case(answer),
        }
    }

    /// The same for operations that never lacked the members.
    pub(super) fn with_size_in_any_case(&self, answer: Answer) -> Answer {
        answer
            .number("SessionTokenUtilization", self.utilization)
            .number("SessionTokenSize", self.size)
    }
}

/// When a session that begins now counts as issued, in seconds since 1970.
///
/// Revoking the sessions of a role ends with the second in which it happens. A new session in that same second counts as one of the next, or nobody
/// could tell it from those that were revoked.
fn issued(scene: &Scene<'_>, principal: &SessionPrincipal, begin: i64) -> i64 {
    let SessionPrincipal::Role { id, .. } = principal else { return begin };
    let since = scene.directory.role_by_id(id).and_then(|role| role.sessions_since);
    since.filter(|since| *since == begin + 1).unwrap_or(begin)
}
