"""What is typed after ``openecf``: every command reads it in any order, and options may stand before names."""

from __future__ import annotations

import argparse
import importlib

import pytest

from openecf.cli import main


def read(words: str) -> dict:
    command, *rest = words.split()
    module = importlib.import_module(f"openecf.cli.{main.COMMANDS[command][0]}")
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return vars(main.in_any_order(parser, rest))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("demo code ofairweather --var d", "demo code --var d ofairweather"),
        ("demo code ofairweather --var d", "demo --var d code ofairweather"),
        ("messages central retry 7 --var d", "messages central --var d retry 7"),
        ("two-step attorney never --var d", "two-step --var d attorney never"),
        ("verify notice.eml a.pdf --keys k", "verify notice.eml --keys k a.pdf"),
        ("court create akd nysb --var d", "court create --var d akd nysb"),
    ],
)
def test_options_stand_before_or_after_names(one, other):
    assert read(one) == read(other)


def test_every_command_can_be_read_and_its_help_told(capsys):
    for command in main.COMMANDS:
        with pytest.raises(SystemExit) as ended:
            read(f"{command} --help")
        assert ended.value.code == 0 and "usage:" in capsys.readouterr().out, command


def test_an_unknown_option_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        read("demo code --whose ofairweather")
    assert ended.value.code == 2 and "--whose" in capsys.readouterr().err
