use super::partitions::PARTITIONS;

/// Regions that share host names, and accounts: `aws`, `aws-cn`, `aws-us-gov`, ..
pub(super) struct Partition {
    pub(super) id: &'static str,
    /// What its regions begin with: `us` for `us-east-1`.
    pub(super) prefixes: &'static [&'static str],
    /// Names of regions that have another form.
    pub(super) others: &'static [&'static str],
    /// Host names, with `{region}` for the region; `None` where there is no such endpoint.
    pub(super) regional: &'static str,
    pub(super) fips: Option<&'static str>,
    pub(super) dual_stack: Option<&'static str>,
    pub(super) fips_dual_stack: Option<&'static str>,
}

/// The endpoint that belongs to no region.
pub(super) struct Global {
    pub(super) region: &'static str,
    pub(super) host: &'static str,
    pub(super) signing_region: &'static str,
}

impl Partition {
    /// The partition of a region. A region that no partition knows is one of the
    /// first, `aws`, as AWS's own rules have it: new regions work without an update.
    pub(super) fn of(region: &str) -> Option<&'static Self> {
        let all = PARTITIONS.iter();
        let named = all.clone().find(|partition| partition.others.contains(&region));
        named.or_else(|| all.clone().find(|p| p.has_the_form_of(region))).or(PARTITIONS.first())
    }

    /// Whether the region is `<prefix>-<word>-<number>`.
    fn has_the_form_of(&self, region: &str) -> bool {
        self.prefixes.iter().any(|prefix| {
            let rest = region.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
            rest.and_then(|rest| rest.split_once('-')).is_some_and(|(word, number)| {
                let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                !word.is_empty()
                    && word.chars().all(of_word)
                    && !number.is_empty()
                    && number.chars().all(|c| c.is_ascii_digit())
            })
        })
    }
}
