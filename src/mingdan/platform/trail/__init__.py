"""The audit trail: who did, saw, exported or printed what, so written that later changes show."""
