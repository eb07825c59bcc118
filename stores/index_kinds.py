"""FAISS's side of a vector index: vectors by position, in whichever of its structures suits their number.

    flat   every vector is compared: exact, no training; up to about 50,000 it costs a millisecond or two
    ivf    vectors in lists by nearest centroid, the nearest few lists are compared; trained on a sample
    hnsw   a graph of neighbours; slow to build, no training; there by setting

- `sq8` keeps one byte a number instead of four, whatever the structure.
- A condition acts inside the search. A narrow one widens it (more lists, a longer queue), and where an approximate
  structure still finds fewer than there are, the search is done again in full: an answer is never short.
- Positions are only ever appended. What is erased is overwritten, since a graph cannot drop a node.
- What was read from a mapped file is copied into memory before the first change; FAISS ends the process otherwise.

Knows no keys, no files and no SQL.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import faiss as faiss_as_typed
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from memos.config import VectorSettings
    from memos.protocols import Vector

    Positions = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

faiss: Any = faiss_as_typed  # its stubs leave out half of it

LEAST_TRAINED = 1_000
"""Below this many vectors every index is flat and keeps full numbers: nothing is learned from so few."""
EXACT_ROOM = 2_000
"""A condition that leaves no more than this is answered by comparing all of them."""
RETRAIN_GROWTH = 4
"""A trained index is trained anew when it holds this many times what it was trained for."""
DEAD_SHARE = 0.25
RANGE_MARGIN = 0.1
"""By how much of its range in the sample a quantized number may lie beyond it: what comes later is not cut off."""
SAMPLE_A_LIST = 64
LINKS = 16
"""Neighbours of a node of the graph on its upper levels; twice as many on the lowest."""
BUILD_EF = 80
PAGE = 20_000
PIECE = 1 << 20
GPU_MOST_HITS = 2048


class VectorTable:
    """float32 vectors by position, searched by inner product."""

    def __init__(self, dimension: int, settings: VectorSettings) -> None:
        self.dimension = dimension
        self._settings = settings
        self.kind = "flat"
        self.quantized = False
        self.trained_for = 0
        self._index: Any = faiss.IndexFlatIP(dimension)
        self._mapped: Any = None  # the bytes that the index is a view of
        self._gpu: Any = None

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def width(self) -> int:
        """Numbers a vector, as FAISS's bytes have it."""
        return int(self._index.d)

    @property
    def mapped(self) -> bool:
        """Whether the vectors are read from a mapped file, not from memory."""
        return self._mapped is not None

    # --- content -----------------------------------------------------------------------------------------------------

    def append(self, vectors: Vector) -> None:
        """float32 [n, dimension] at the next n positions."""
        self._own()
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def vectors(self, positions: Positions) -> Vector:
        """float32 [n, dimension]; what `sq8` kept of them, where it is on."""
        found: Vector = self._index.reconstruct_batch(np.ascontiguousarray(positions))
        return found

    def blank(self, positions: Positions) -> None:
        """Overwrite vectors, so that no byte of them is left."""
        if not len(positions):
            return
        self._own()
        if self.kind == "ivf":
            self._index.update_vectors(np.ascontiguousarray(positions), np.zeros((len(positions), self.dimension), np.float32))
            return
        flat = faiss.downcast_index(self._index.storage) if self.kind == "hnsw" else self._index
        codes = faiss.rev_swig_ptr(flat.codes.data(), flat.ntotal * flat.code_size).reshape(flat.ntotal, flat.code_size)
        codes[positions] = 0

    # --- structure ---------------------------------------------------------------------------------------------------

    def wanted(self, alive: int) -> tuple[str, bool]:
        """(structure, quantized) that suits this many vectors."""
        if alive < LEAST_TRAINED:
            return "flat", False
        kind: str = self._settings.kind
        if kind == "auto":
            # Once approximate, it stays so until half is gone: no to and fro at the border.
            border = self._settings.exact_up_to // (2 if self.kind == "ivf" else 1)
            kind = "flat" if alive <= border else "ivf"
        return kind, self._settings.quantize == "sq8"

    def outgrown(self, alive: int) -> bool:
        """Whether `reshaped` is due: another structure, a training that is out of date, or many dead vectors."""
        if self.wanted(alive) != (self.kind, self.quantized):
            return True
        trained = self.kind == "ivf" or self.quantized
        dead = len(self) - alive
        return (trained and alive >= RETRAIN_GROWTH * self.trained_for) or dead > max(LEAST_TRAINED, DEAD_SHARE * len(self))

    def reshaped(self, living: Positions) -> VectorTable:
        """A table of these vectors alone, in this order, in the structure that suits their number."""
        made = VectorTable(self.dimension, self._settings)
        made.kind, made.quantized = self.wanted(len(living))
        made._index = _empty(made.kind, made.quantized, self.dimension, len(living))
        if made.quantized:
            _scalar_quantizer(made).rangestat_arg = RANGE_MARGIN
        if not made._index.is_trained:
            wanted = SAMPLE_A_LIST * _lists(len(living))
            step = max(1, len(living) // wanted)
            made._index.train(self.vectors(living[::step]))
        if made.kind == "ivf":
            made._index.make_direct_map()  # by which vectors are read and overwritten
        made.trained_for = len(living)
        for start in range(0, len(living), PAGE):
            made._index.add(self.vectors(living[start : start + PAGE]))
        return made

    # --- search ------------------------------------------------------------------------------------------------------

    def search(self, query: Vector, k: int, allowed: Mask | None, room: int) -> tuple[Vector, Positions]:
        """Inner products and positions of the best min(k, room), best first; `room` counts what `allowed` lets pass."""
        k = min(k, room)
        if allowed is not None and room <= EXACT_ROOM:
            return self._among(query, k, np.flatnonzero(allowed))
        row = np.ascontiguousarray(query, dtype=np.float32)[None, :]
        if allowed is None and (on_gpu := self._on_gpu(k)) is not None:
            scores, positions = on_gpu.search(row, k)
            return scores[0], positions[0]
        selector = None
        if allowed is not None:
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        # A condition that leaves a tenth needs ten times as wide a search to see as many that it allows.
        narrowness = len(self) / room
        scores, positions = self._index.search(row, k, params=self._parameters(selector, k, narrowness))  # (1, k), (1, k)
        if (positions[0] < 0).any():
            scores, positions = self._in_full(row, k, selector)
        return scores[0], positions[0]

    def _among(self, query: Vector, k: int, positions: Positions) -> tuple[Vector, Positions]:
        products = self.vectors(positions) @ np.asarray(query, dtype=np.float32)  # (n,)
        order = np.argsort(-products, kind="stable")[:k]
        return products[order], positions[order]

    def _parameters(self, selector: Any, k: int, narrowness: float) -> Any:
        if self.kind == "ivf":
            probes = min(self._index.nlist, math.ceil(self._settings.nprobe * narrowness))
            return faiss.SearchParametersIVF(sel=selector, nprobe=probes)
        if self.kind == "hnsw":
            queue = min(len(self), math.ceil(max(self._settings.ef_search, k) * narrowness))
            return faiss.SearchParametersHNSW(sel=selector, efSearch=queue)
        return faiss.SearchParameters(sel=selector) if selector is not None else None

    def _in_full(self, row: Vector, k: int, selector: Any) -> tuple[Vector, Positions]:
        if self.kind == "ivf":
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=self._index.nlist)
            scores, positions = self._index.search(row, k, params=parameters)
        else:
            flat = faiss.downcast_index(self._index.storage)
            scores, positions = flat.search(row, k, params=faiss.SearchParameters(sel=selector))
        return scores, positions

    def _on_gpu(self, k: int) -> Any:
        """A copy on the first GPU, made at the first use, where faiss was built for one and has such a structure.

        FAISS's GPU structures take no selector, so a search under a condition stays on the processor.
        """
        able = self.kind != "hnsw" and not (self.kind == "flat" and self.quantized) and k <= GPU_MOST_HITS
        if self._settings.device == "cpu" or not able or faiss.get_num_gpus() == 0:
            return None
        if self._gpu is None:
            resources = faiss.StandardGpuResources()
            copy = faiss.index_cpu_to_gpu(resources, 0, self._index)
            if self.kind == "ivf":
                copy.nprobe = min(self._index.nlist, self._settings.nprobe)
            self._gpu = resources, copy
        return self._gpu[1]

    # --- bytes -------------------------------------------------------------------------------------------------------

    def write(self, put: Callable[[bytes], Any]) -> None:
        """FAISS's own bytes, piece by piece."""
        faiss.write_index(self._index, faiss.PyCallbackIOWriter(put, PIECE))

    def read(self, content: Any, *, mapped: bool) -> None:
        """Take what `write` wrote from a buffer; `mapped` leaves the vectors there until they change.

        Raises RuntimeError for bytes that are no index.
        """
        view = np.frombuffer(content, np.uint8)
        if mapped:
            self._index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size))
        else:
            self._index = faiss.deserialize_index(view)
        self._mapped = view if mapped else None

    def _own(self) -> None:
        self._gpu = None
        if self._mapped is None:
            return
        content = memoryview(self._mapped)
        place = 0

        def take(size: int) -> bytes:
            nonlocal place
            piece = bytes(content[place : place + size])
            place += len(piece)
            return piece

        self._index = faiss.read_index(faiss.PyCallbackIOReader(take, PIECE))
        self._mapped = None


def _scalar_quantizer(table: VectorTable) -> Any:
    index = faiss.downcast_index(table._index.storage) if table.kind == "hnsw" else table._index
    return index.sq


def _lists(count: int) -> int:
    """A power of two near the square root: 256 lists for 50,000 vectors, 1,024 for a million."""
    return max(16, 1 << round(math.log2(math.sqrt(max(count, 1)))))


def _empty(kind: str, quantized: bool, dimension: int, count: int) -> Any:
    eight_bits, by_product = faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    if kind == "flat":
        return faiss.IndexScalarQuantizer(dimension, eight_bits, by_product) if quantized else faiss.IndexFlatIP(dimension)
    if kind == "hnsw":
        graph = (faiss.IndexHNSWSQ(dimension, eight_bits, LINKS, by_product) if quantized
                 else faiss.IndexHNSWFlat(dimension, LINKS, by_product))
        graph.hnsw.efConstruction = BUILD_EF
        return graph
    centroids = faiss.IndexFlatIP(dimension)
    lists = _lists(count)
    # Numbers themselves are quantized, not what is left of them beside their centroid: that spreads beyond its sample.
    made = (faiss.IndexIVFScalarQuantizer(centroids, dimension, lists, eight_bits, by_product, False) if quantized
            else faiss.IndexIVFFlat(centroids, dimension, lists, by_product))
    made.own_fields = True
    centroids.this.disown()
    made.cp.max_points_per_centroid = SAMPLE_A_LIST
    made.cp.min_points_per_centroid = 1  # its warning is about a training that a later one replaces
    return made
