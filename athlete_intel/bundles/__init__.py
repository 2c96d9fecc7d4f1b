"""Athletes alike, the bundles made of them, and the planner that spends a budget best."""

from athlete_intel.bundles.clusters import NOISE, Clustering, find_clusters
from athlete_intel.bundles.draws import Errors
from athlete_intel.bundles.groups import Before
from athlete_intel.bundles.identity import identify, none_before, share_kept
from athlete_intel.bundles.joining import Formed
from athlete_intel.bundles.profile import learn_scale, social_profile
from athlete_intel.bundles.stage import bundle_tables

__all__ = [
    "NOISE",
    "Before",
    "Clustering",
    "Errors",
    "Formed",
    "bundle_tables",
    "find_clusters",
    "identify",
    "learn_scale",
    "none_before",
    "share_kept",
    "social_profile",
]
