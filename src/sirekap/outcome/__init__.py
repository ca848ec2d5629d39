"""Who won. So far one question of it: could what is missing or held back change the result (`open`)?"""

from __future__ import annotations

from sirekap.outcome.open import Answer as Answer
from sirekap.outcome.open import Judged as Judged
from sirekap.outcome.open import Open as Open
from sirekap.outcome.open import Rule as Rule
from sirekap.outcome.open import Why as Why
from sirekap.outcome.open import judge as judge
from sirekap.outcome.open import rule_of as rule_of
from sirekap.outcome.words import sentence as sentence
