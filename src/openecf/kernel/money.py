"""US dollars, exact to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, order=True)
class Money:
    """An amount of US dollars, kept in whole cents."""

    cents: int = 0

    @classmethod
    def of(cls, text: str | int | Decimal) -> Money:
        """``Money.of("3.00")``; refuses a fraction of a cent."""
        amount = Decimal(text) * 100
        if amount != amount.to_integral_value():
            raise ValueError(f"{text} is not a whole number of cents")
        return cls(int(amount))

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __mul__(self, times: int) -> Money:
        return Money(self.cents * times)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        """As CM/ECF prints it: ``0.10``, without a currency sign."""
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"
