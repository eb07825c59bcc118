"""Writers against their definitions, and as values: a step taken back leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
import torch

from memos.config import ConsolidationSettings
from memos.errors import ConfigError
from memos.parametric.recipe import WriteSettings
from memos.parametric.writers import WRITERS, Adam, RowWriter, Sgd, writer_for


def stepped(writer: RowWriter, start: torch.Tensor, gradients: list[torch.Tensor]) -> torch.Tensor:
    values = start
    for gradient in gradients:
        values, writer = writer.step(values, gradient)
    return values


def test_adam_is_adam() -> None:
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(5, 3, generator=generator)
    gradients = [torch.randn(5, 3, generator=generator) for _ in range(6)]
    parameter = start.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([parameter], lr=0.05, betas=(0.9, 0.99), eps=1e-8)
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()
    assert torch.allclose(stepped(Adam(0.05), start, gradients), parameter.detach(), atol=1e-6)


def test_sgd_moves_along_the_gradient_alone() -> None:
    start, gradient = torch.ones(2, 2), torch.tensor([[1.0, 0.0], [0.0, -2.0]])
    assert torch.equal(stepped(Sgd(0.5), start, [gradient]), torch.tensor([[0.5, 1.0], [1.0, 2.0]]))
    assert torch.equal(stepped(Sgd(0.5), start, [gradient, torch.zeros(2, 2)]), stepped(Sgd(0.5), start, [gradient]))


@pytest.mark.parametrize("writer", [Sgd(0.5), Adam(0.5)], ids=["sgd", "adam"])
def test_a_step_that_is_taken_back_leaves_no_trace_and_slower_is_half(writer: RowWriter) -> None:
    start, gradient = torch.zeros(2, 2), torch.ones(2, 2)
    first, _ = writer.step(start, gradient)
    again, _ = writer.step(start, gradient)
    assert torch.equal(first, again)
    assert torch.allclose(writer.slower().step(start, gradient)[0], first / 2)


def test_rates_are_relative_to_the_residual() -> None:
    settings = WriteSettings(rate=3.0, adam_rate=0.1)
    assert writer_for(settings, 4.0).rate == 3.0 * 16
    assert writer_for(replace(settings, writer="adam"), 4.0).rate == pytest.approx(0.4)


def test_the_setting_names_the_writers_there_are() -> None:
    assert set(get_args(ConsolidationSettings.model_fields["writer"].annotation)) == set(WRITERS)
    with pytest.raises(ConfigError, match="no such writer"):
        writer_for(WriteSettings(writer="momentum"), 1.0)
