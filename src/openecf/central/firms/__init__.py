"""Firms: a PACER Administrative Account (PAA) pays for its members' accounts, and sees no case."""
