"""What one namespace's model knows beyond its base: rows of the value table, as an immutable value.

Knows rows and bits. Does not know which write put them there, nor the base table: rows are differences to it.
A row of zeros is the same as no row, and is never stored, so taking a write back leads to the identical digest.
Rows of a bfloat16 table are rounded once, when they are set; what is handed out is those bits widened to float32, and
widened bits round to themselves, so a ledger in float32 restores either kind exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from memos.errors import InputError, ModelError

_DTYPES = (torch.float32, torch.bfloat16)


@dataclass(frozen=True)
class RowOverlay:
    """rows: int64 (R,), sorted, unique; values: float32 or bfloat16 (R, d_value), no row all zero."""

    rows: Tensor
    values: Tensor
    _digest: list[str] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def empty(cls, d_value: int, dtype: torch.dtype = torch.float32) -> RowOverlay:
        """Nothing learned."""
        return cls(torch.zeros(0, dtype=torch.int64), torch.zeros(0, d_value, dtype=dtype))

    @property
    def d_value(self) -> int:
        """Width of a row."""
        return int(self.values.shape[1])

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowOverlay) and self.digest() == other.digest()

    def __hash__(self) -> int:
        return hash(self.digest())

    def with_rows(self, rows: Tensor, values: Tensor) -> RowOverlay:
        """A new overlay in which `rows` hold `values`; the others keep their bits.

        rows: int64 (t,), unique, any order; values: float32 (t, d_value), rounded to this overlay's type. Raises
        InputError on other shapes, repeated rows or values that are not finite.
        """
        rows, values = rows.detach().to(torch.int64), values.detach().to(self.values.dtype)
        if rows.ndim != 1 or values.shape != (len(rows), self.d_value) or bool((rows < 0).any()):
            raise InputError(
                f"rows {tuple(rows.shape)} and values {tuple(values.shape)} do not fit d_value {self.d_value}",
                hint="rows int64 (t,), values float32 (t, d_value)",
                code="overlay_shape",
            )
        if len(set(rows.tolist())) != len(rows):
            raise InputError("a row is named twice in one change", hint="give each row once", code="overlay_rows")
        if not bool(torch.isfinite(values).all()):
            raise InputError("row values are not finite", hint="the write diverged; lower its rate", code="overlay_nan")
        kept = ~torch.isin(self.rows, rows)
        stored = (values != 0).any(dim=1)
        merged = torch.cat([self.rows[kept], rows[stored]])
        order = torch.argsort(merged)
        return RowOverlay(merged[order], torch.cat([self.values[kept], values[stored]])[order])

    def restored(self, rows: Tensor, before: Tensor) -> RowOverlay:
        """Put the bits `before` back at `rows`: zeros there mean that the row was absent."""
        return self.with_rows(rows, before)

    def gather(self, rows: Tensor) -> Tensor:
        """Values at `rows` int64 (t,) -> float32 (t, d_value), zeros where absent."""
        out = torch.zeros(len(rows), self.d_value)  # float32 holds every bfloat16 exactly
        if len(self.rows):
            at = torch.searchsorted(self.rows, rows.contiguous()).clamp_max(len(self.rows) - 1)
            found = self.rows[at] == rows
            out[found] = self.values[at[found]].float()
        return out

    def digest(self) -> str:
        """sha256 over width, rows and value bits; equal digests are equal knowledge."""
        if not self._digest:
            hasher = hashlib.sha256(f"rows:{len(self)}x{self.d_value}".encode())
            hasher.update(self.rows.contiguous().numpy().tobytes())
            values = (self.values + 0.0).contiguous()  # + 0.0: one zero, not two
            if values.dtype != torch.float32:
                hasher.update(str(values.dtype).encode())
            hasher.update(values.view(torch.uint8).numpy().tobytes())
            self._digest.append(hasher.hexdigest())
        return self._digest[0]

    def to_tensors(self) -> dict[str, Tensor]:
        """For safetensors: {"rows": int64 (R,), "values": (R, d_value), in the overlay's type}."""
        return {"rows": self.rows.contiguous(), "values": self.values.contiguous()}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> RowOverlay:
        """Read what `to_tensors` gave. Raises ModelError when it is something else."""
        rows, values = tensors.get("rows"), tensors.get("values")
        if rows is None or values is None or values.ndim != 2 or values.dtype not in _DTYPES:
            raise ModelError("the row file is damaged", hint="memos verify", code="overlay_unreadable")
        try:
            return cls.empty(int(values.shape[1]), values.dtype).with_rows(rows, values)
        except InputError as error:
            raise ModelError(f"the row file is damaged: {error}", hint="memos verify", code="overlay_unreadable") from error
