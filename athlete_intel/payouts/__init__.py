"""What athletes can expect, what is paid ahead and settled, and what the house can afford."""

from athlete_intel.payouts.expected import expected_payouts, outlook
from athlete_intel.payouts.rates import pay_cents

__all__ = ["expected_payouts", "outlook", "pay_cents"]
