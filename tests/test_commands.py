"""`python -m index`, `python -m qa` and `python -m qa.evaluate`: what they print, and how they end."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from archives import FILES, generations, write
from running import REPOSITORY, Command

from corpus import Article, UserError
from corpus.console import ConsoleProgress
from index import sync
from index.__main__ import main as index_main
from index.generations.generation import current
from index.models.model_files import model_fingerprint
from qa.__main__ import main as qa_main
from qa.__main__ import with_bold_answer
from qa.evaluate import main as evaluate_main
from qa.search.quotation import Passage
from qa.watch import main as watch_main

HEAVY = {"sentence_transformers", "transformers", "torch", "chromadb", "tantivy", "gradio", "tiktoken"}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, tiny_model: str) -> tuple[Path, Path]:
    """A corpus with a file that fails, and its index, made with the tiny model."""
    folder = tmp_path_factory.mktemp("archive")
    rows = (
        '{"title": "Officials ask for strikes", "text": "Fifty-one officials signed the memo on Syria.",'
        ' "source": "Dateline foreign desk", "authors": ["Foreign Desk"], "published": "2016-06-17",'
        ' "url": "https://example.org/memo"}\n'
    )
    corpus, index = write(folder / "corpus", {**FILES, "desk.jsonl": rows, "empty.txt": ""}), folder / "index"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_MODEL", tiny_model)
        sync(corpus, index)
    return corpus, index


@pytest.fixture
def copy(archive: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the archive that may be changed."""
    for folder in archive:
        shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path / "corpus", tmp_path / "index"


@pytest.fixture
def here(tiny_model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command's `main` in this process: the status it ends with, what it prints, what it complains of."""
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)

    def run(main: Callable[[Sequence[str]], int], *arguments: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# python -m index


def test_index_as_a_process(archive: tuple[Path, Path], tmp_path: Path, tiny_model: str, command: Command) -> None:
    """The folders by their defaults, relative to where one is."""
    for folder, default in zip(archive, ("corpus/articles", "var/index"), strict=True):
        shutil.copytree(folder, tmp_path / default)

    result = command("-m", "index", "--strict", DATELINE_MODEL=tiny_model)

    assert (result.returncode, result.stderr) == (3, "")
    summary, *problems = result.stdout.splitlines()
    assert summary.startswith("7 articles in 7 chunks: 0 added, 0 updated, 0 removed, 7 unchanged; 0 chunks embedded")
    assert problems[-2:] == ["1 item could not be read:", "  empty.txt: no text"]


def test_index_in_json(corpus: Path, index: Path, here: Run) -> None:
    write(corpus, {**FILES, "empty.txt": ""})

    status, out, _ = here(index_main, "--json", "--corpus", corpus, "--index", index)

    content = json.loads(out)
    assert status == 0
    assert content.pop("seconds") > 0
    assert content == {
        "generation": current(index),
        "articles": 6,
        "chunks": 6,
        "added": 6,
        "updated": 0,
        "removed": 0,
        "unchanged": 0,
        "failed": [{"path": "empty.txt", "record": None, "reason": "no text"}],
        "embedded": 5,
        "notices": [],
        "languages": [],
        "files": [
            {"path": path, "articles": articles, "undated": undated, "untitled": 0, "unsourced": articles,
             "month_first": 0, "dated_by": {"field": articles - undated} if articles > undated else {}}
            for path, articles, undated in (
                ("rows.jsonl", 2, 2), ("brexit.txt", 1, 0), ("juno.txt", 1, 0), ("memo.txt", 1, 1),
                ("wire/memo.txt", 1, 1),
            )
        ],
    }  # fmt: skip


def test_index_in_words(copy: tuple[Path, Path], here: Run) -> None:
    corpus, index = copy
    write(corpus, {"bad.jsonl": '{"title": "Whole", "text": "This one is whole."}\nnot JSON\n'})
    (corpus / "juno.txt").unlink()

    status, out, err = here(index_main, "--corpus", corpus, "--index", index)

    assert (status, err) == (0, "")
    summary, by_file, lacking, *problems = out.splitlines()
    assert by_file.startswith("Articles by file: rows.jsonl 2, bad.jsonl 1, ")
    assert lacking.endswith("where a field of your files holds it: --field published=NAME --field source=NAME")
    assert summary.startswith(
        "7 articles in 7 chunks: 1 added, 0 updated, 1 removed, 6 unchanged; 1 chunks embedded in "
    )
    assert problems == [
        "2 items could not be read:",
        "  bad.jsonl, record 2: not JSON: Expecting value: line 1 column 1 (char 0)",
        "  empty.txt: no text",
    ]


def test_index_of_a_folder_that_lost_its_articles(copy: tuple[Path, Path], here: Run) -> None:
    corpus, index = copy
    shutil.rmtree(corpus)
    corpus.mkdir()

    status, out, err = here(index_main, "--corpus", corpus, "--index", index)

    assert (status, out[:23]) == (0, "0 articles in 0 chunks:")
    assert err.endswith(f"to restore it, run: python -m index rollback --index {index}\n")


def test_index_names_problems_of_one_kind_together(copy: tuple[Path, Path], here: Run) -> None:
    corpus, index = copy
    write(corpus, {f"empty/{place:02}.txt": "" for place in range(30)})
    _, out, _ = here(index_main, "--corpus", corpus, "--index", index)
    assert out.splitlines()[-2:] == [
        "31 items could not be read:",
        "  empty.txt, empty/00.txt, empty/01.txt and 28 more files: no text",
    ]


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 3), (("--strict", "--json", "--full"), 3)])
def test_strict(copy: tuple[Path, Path], here: Run, arguments: tuple[str, ...], status: int) -> None:
    corpus, index = copy
    assert here(index_main, *arguments, "--corpus", corpus, "--index", index)[0] == status
    (corpus / "empty.txt").unlink()
    assert here(index_main, *arguments, "--corpus", corpus, "--index", index)[0] == 0


def test_settings_from_the_environment(archive: tuple[Path, Path], here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, index = archive
    monkeypatch.setenv("DATELINE_CORPUS", str(corpus))
    monkeypatch.setenv("DATELINE_INDEX", str(index))
    assert here(index_main)[1].startswith("7 articles in 7 chunks: 0 added, 0 updated, 0 removed, 7 unchanged;")
    # A flag comes before.
    assert "There is no corpus folder “nowhere”" in here(index_main, "--corpus", "nowhere")[2]


def test_a_corpus_that_is_not_there(in_an_empty_folder: Path, here: Run) -> None:
    status, out, err = here(index_main, "--corpus", "nowhere")
    assert (status, out) == (2, "")
    assert "no corpus folder “nowhere”" in err
    assert "--corpus DIR" in err
    assert list(in_an_empty_folder.iterdir()) == []


def test_status(copy: tuple[Path, Path], here: Run, tiny_model: str) -> None:
    corpus, index = copy
    here(index_main, "--corpus", corpus, "--index", index)

    folders = ("--corpus", corpus, "--index", index)
    status, out, err = here(index_main, "status", "--json", *folders)

    assert (status, err) == (0, "")
    content = json.loads(out)
    assert content.pop("built").endswith("+00:00")
    content["corpus"] = Path(content["corpus"]).name
    assert content.pop("files")[0]["path"] == "rows.jsonl"
    assert content == {
        "generation": current(index),
        "corpus": "corpus",
        "articles": 7,
        "chunks": 7,
        "model": model_fingerprint(tiny_model),
        "up_to_date": True,
        "failed": [{"path": "empty.txt", "record": None, "reason": "no text"}],
        "kept": (kept := generations(index)[:-1]),
    }
    words = here(index_main, "status", *folders)[1].splitlines()
    assert words[0].startswith("7 articles in 7 chunks from ")
    assert words[1:3] == ["The index is up to date.", f"Other generations kept: {kept[0]}."]
    assert words[-2:] == ["1 item could not be read:", "  empty.txt: no text"]
    write(corpus, {"new.txt": "New\n\nA story.\n"})
    assert json.loads(here(index_main, "status", "--json", *folders)[1])["up_to_date"] is False
    words = here(index_main, "status", *folders)[1].splitlines()
    assert words[1] == f"The folder has changed since; run: python -m index --corpus {corpus} --index {index}"


def test_index_keeps_to_its_corpus(copy: tuple[Path, Path], here: Run, tmp_path: Path) -> None:
    corpus, index = copy
    here(index_main, "--corpus", corpus, "--index", index)
    assert here(index_main, "--index", index)[1].startswith("7 articles in 7 chunks: 0 added")
    other = write(tmp_path / "other", {"new.txt": "New\n\nA story.\n"})
    status, out, err = here(index_main, "--corpus", other, "--index", index)
    assert (status, out.splitlines()[0].split(";")[0]) == (
        0,
        "1 article in 1 chunk: 1 added, 0 updated, 7 removed, 0 unchanged",
    )
    assert f"was made from “{corpus}” and will now be replaced by one made from “{other}”" in err


def test_status_of_no_index(in_an_empty_folder: Path, here: Run) -> None:
    status, out, err = here(index_main, "status", "--json", "--index", "nowhere")
    assert (status, out) == (2, "")
    assert "no index in “nowhere”" in err
    assert err.endswith("python -m index --index nowhere\n")
    assert list(in_an_empty_folder.iterdir()) == []


def test_ctrl_c(corpus: Path, index: Path, here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.__main__.sync", interrupted)
    assert here(index_main, "--corpus", corpus, "--index", index) == (130, "", "")


# python -m qa

ANSWER_KEYS = [
    "question",
    "searched",
    "now",
    "verdict",
    "confidence",
    "reasons",
    "notices",
    "timeframe",
    "passages",
    "disagreements",
    "timeline",
    "premise",
    "composed",
]
PASSAGE_KEYS = [
    "text", "score", "parts", "start", "end", "highlights", "answer", "title", "source", "published", "authors",
    "url", "path", "article_id", "copies", "later",
]  # fmt: skip


def test_qa_as_a_process(archive: tuple[Path, Path], tiny_model: str, command: Command) -> None:
    question = ("How many officials signed the memo?", "--index", str(archive[1]))

    result = command("-m", "qa", *question, "--json", "--now", "2016-06-20", "-k", "3", DATELINE_MODEL=tiny_model)

    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert list(answer) == ANSWER_KEYS
    assert (answer["question"], answer["searched"], answer["now"]) == (question[0], question[0], "2016-06-20")
    assert answer["verdict"] in {"answered", "not_in_corpus"}
    assert 0 <= answer["confidence"] <= 1
    assert answer["timeframe"] is None
    assert 1 <= len(answer["passages"]) <= 3
    for passage in answer["passages"]:
        assert list(passage) == PASSAGE_KEYS
    [first] = [passage for passage in answer["passages"] if passage["article_id"] == "example.org/memo"]
    text = "Fifty-one officials signed the memo on Syria."
    assert first["parts"]
    assert {name: first[name] for name in PASSAGE_KEYS if name not in {"score", "parts"}} == {
        "text": text,
        "start": 0,
        "end": len(text),
        "highlights": [[0, len(text)]],
        "answer": [0, len("Fifty-one")],
        "title": "Officials ask for strikes",
        "source": "Dateline foreign desk",
        "published": "2016-06-17",
        "authors": ["Foreign Desk"],
        "url": "https://example.org/memo",
        "path": "desk.jsonl",
        "article_id": "example.org/memo",
        "copies": ["memo.txt", "wire/memo.txt"],
        "later": None,
    }


def test_qa_in_words(archive: tuple[Path, Path], here: Run) -> None:
    status, out, err = here(qa_main, "How many officials signed the memo?", "--index", archive[1])
    assert (status, err) == (0, "")
    assert "“Fifty-one officials signed the memo on Syria.”" in out
    assert "Officials ask for strikes (Dateline foreign desk, 2016-06-17, https://example.org/memo)" in out


@pytest.mark.parametrize("k", [1, 2, 100])
def test_qa_gives_as_many_passages_as_asked(archive: tuple[Path, Path], here: Run, k: int) -> None:
    question = "memo Juno Jupiter Britain Zika Hague"
    answer = json.loads(here(qa_main, question, "--index", archive[1], "-k", k, "--json")[1])
    # After the third passage none is shown that is beside the point.
    assert len(answer["passages"]) == min(k, 3)


def test_qa_answers_every_row_of_a_file(archive: tuple[Path, Path], here: Run, tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("id,question\n1,How many officials signed the memo?\n2,\n", "utf-8")
    status, out, _ = here(qa_main, "--batch", tmp_path / "q.csv", "--index", archive[1])
    assert (status, out.splitlines()[0][:33]) == (0, "id,question,verdict,confidence,no")
    assert out.splitlines()[2] == f'2,,,,"{EMPTY}",,,,,,,,,'
    status, out, _ = here(qa_main, "--batch", tmp_path / "q.csv", "--index", archive[1], "--json")
    assert [json.loads(line)["quotation"] for line in out.splitlines()] == [
        "Fifty-one officials signed the memo on Syria.",
        "",
    ]


def test_qa_checks_every_row_of_a_file(archive: tuple[Path, Path], here: Run, tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("quote\nFifty-two officials signed the memo on Syria\n", "utf-8")
    status, out, _ = here(qa_main, "--quotes", tmp_path / "q.csv", "--index", archive[1], "--json")
    assert (status, json.loads(out)["verdict"], json.loads(out)["published"]) == (0, "altered", "2016-06-17")


def test_qa_prints_an_export(archive: tuple[Path, Path], here: Run) -> None:
    question = "How many officials signed the memo?"
    status, out, _ = here(qa_main, question, "-k", 1, "--export", "ris", "--index", archive[1])
    assert (status, out.split("\n")[1].strip()) == (0, "TI  - Officials ask for strikes")


def test_watch_tells_what_a_build_brought(copy: tuple[Path, Path], here: Run) -> None:
    corpus, index = copy
    assert here(watch_main, "--index", index)[1] == "No question is saved; save one with --add QUESTION.\n"
    assert here(watch_main, "--add", "How many officials signed the memo on Syria?", "--index", index)[1:] == (
        "how-many-officials-signed-the-memo-on-sy: How many officials signed the memo on Syria? (nothing new)\n",
        "",
    )
    text = "Another memo\nDate: 2016-07-06\n\nNinety officials signed the second memo on Syria.\n"
    (corpus / "second.txt").write_text(text, "utf-8")
    sync(corpus, index)
    status, out, _ = here(watch_main, "--json", "--index", index)
    told = json.loads(out)
    assert (status, told["fresh"], told["news"][0]["quotation"]["path"]) == (0, 1, "second.txt")
    assert here(watch_main, "--delete", told["name"], "--json", "--index", index)[:2] == (0, "")


EMPTY = "The question is empty; ask in a few words, like: Why is Obama wary of intervention?"
NO_DATE = "“{}” is not a date for “{}”; write it as YYYY-MM-DD, like 2016-06-17."


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([""], EMPTY),
        ([" ?! "], EMPTY),
        (
            ["memo", "--since", "17.06.2016"],
            NO_DATE.format("17.06.2016", "since"),
        ),
        (
            ["memo", "--until", "2016-02-30"],
            NO_DATE.format("2016-02-30", "until"),
        ),
        (["memo", "--now", "tomorrow"], NO_DATE.format("tomorrow", "now")),
        (
            ["memo", "--since", "2016-07-01", "--until", "2016-06-01"],
            "The dates are the wrong way round: since 2016-07-01 is after until 2016-06-01; swap them.",
        ),
        (["--batch", "nowhere.csv"], "“nowhere.csv” could not be read (No such file or directory); name a CSV file."),
        *(
            (
                [option, "memo", "--export", "csv"],
                "--export saves the answer to one question; leave it out, or name a question.",
            )
            for option in ("--batch", "--quote", "--quotes")
        ),
        *(
            (
                [option, "memo", "--source", "BBC"],
                "A quotation is looked for in the whole archive; leave out days, outlets and authors.",
            )
            for option in ("--quote", "--quotes")
        ),
        (["memo", "-k", "0"], "The number of passages is 0; ask for 1 or more."),
        (["memo", "-k", "-3"], "The number of passages is -3; ask for 1 or more."),
        (
            ["--quote", "…"],
            "The quotation is empty; give the words to look for, like: “the memo was signed by 51 officials”",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_qa_refuses_in_a_sentence(archive: tuple[Path, Path], here: Run, arguments: list[str], complaint: str) -> None:
    assert here(qa_main, *arguments, "--index", archive[1]) == (2, "", f"{complaint}\n")


@pytest.mark.parametrize(("terminal", "shown"), [(True, "It \x1b[1mrained\x1b[22m."), (False, "It rained.")])
def test_the_words_that_answer_are_bold_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, shown: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    article = Article("a", "Weather", "It rained. It snowed.")
    passage = Passage(article, 0, 21, 1.0, {}, highlights=((0, 10),), answer=(3, 9))
    assert with_bold_answer(passage) == shown


def test_qa_quote_in_words(archive: tuple[Path, Path], here: Run) -> None:
    quote = "Fifty-two officials signed the memo on Syria"
    assert here(qa_main, "--quote", quote, "--index", archive[1]) == (
        0,
        "Altered; the archive has it in 1 story, worded otherwise:\n\n“Fifty-one officials signed the memo on Syria”\n"
        "    Officials ask for strikes (Dateline foreign desk, 2016-06-17, https://example.org/memo),"
        " characters 0 to 44; copies: memo.txt, wire/memo.txt\n\n    “two” instead of “one”\n",
        "",
    )


def test_qa_quote_needs_no_model(archive: tuple[Path, Path], command: Command) -> None:
    program = "import sys; from qa.__main__ import main; main(); print(*sys.modules, file=sys.stderr)"
    result = command("-c", program, "--quote", "the pound FELL to a low", "--index", str(archive[1]), "--json")
    check = json.loads(result.stdout)
    assert (check["verdict"], check["first"]["published"], check["first"]["path"]) == (
        "verbatim",
        "2016-06-24",
        "brexit.txt",
    )
    assert not {"torch", "sentence_transformers", "chromadb"} & set(result.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["memo", "--quote", "memo"],
        ["memo", "--export", "doc"],
        ["memo", "-k", "many"],
        ["memo", "--k"],
        ["memo", "--nonsense"],
    ],
)
def test_qa_refuses_other_arguments(here: Run, arguments: list[str]) -> None:
    status, out, err = here(qa_main, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: python -m qa ")


@pytest.mark.parametrize(
    ("flag", "name", "passages", "notices"),
    [
        ("--source", "Nobody’s desk", 0, ["The archive has no outlet “Nobody’s desk”."]),
        ("--author", "Nobody", 0, ["The archive has no author “Nobody”."]),
        ("--source", "foreign", 1, []),
        ("--author", "FOREIGN DESK", 1, []),
    ],
)
def test_qa_filters(
    archive: tuple[Path, Path], here: Run, flag: str, name: str, passages: int, notices: list[str]
) -> None:
    status, out, _ = here(qa_main, "Who signed the memo?", flag, name, "--json", "--index", archive[1])
    answer = json.loads(out)
    assert (status, len(answer["passages"]), answer["notices"]) == (0, passages, notices)


def test_qa_without_an_index(in_an_empty_folder: Path, here: Run) -> None:
    status, out, err = here(qa_main, "Who signed the memo?", "--index", "nowhere")
    assert (status, out) == (2, "")
    assert "no index in “nowhere”" in err
    assert err.endswith("python -m index --index nowhere\n")
    assert list(in_an_empty_folder.iterdir()) == []


# python -m qa.evaluate


def test_evaluate(archive: tuple[Path, Path], here: Run, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": 1, "question": "How many officials signed the memo?", "asked": "2016-06-20", "answers": ["fifty-one"],'
        ' "gold": ["http://www.example.org/memo/"]}\n'
        '{"id": 2, "question": "What reached Jupiter?", "asked": null, "answers": ["Juno"], "gold": ["juno.txt"]}\n',
        "utf-8",
    )
    unanswerable = tmp_path / "unanswerable.jsonl"
    unanswerable.write_text('{"id": 3, "question": "Who won the chess Olympiad?", "kind": "later"}\n', "utf-8")

    status, out, err = here(evaluate_main, questions, "--unanswerable", unanswerable, "--index", archive[1], "--json")

    assert (status, err) == (0, "")
    content = json.loads(out)
    assert {
        "answer_hit@1", "answer_hit@5", "answer_hit@10", "gold_hit@1", "gold_hit@5", "gold_hit@10", "mrr@10",
        "abstention_auroc", "abstention_auroc.later", "false_answer_rate", "false_answer_rate.later",
        "false_refusal_rate", "mean_passage_tokens", "latency_ms.p50", "latency_ms.p95", "latency_ms.p99",
        "questions", "articles", "chunks",
    } <= set(content)  # fmt: skip
    assert all(isinstance(value, int | float) for value in content.values())
    assert (content["questions"], content["articles"], content["chunks"]) == (3, 7, 7)
    assert (content["answer_hit@5"], content["gold_hit@5"]) == (1, 1)


def test_evaluate_without_questions(here: Run) -> None:
    status, out, err = here(evaluate_main, "nowhere.jsonl")
    assert (status, out) == (2, "")
    assert err == "The questions “nowhere.jsonl” cannot be read (No such file or directory); name a JSON Lines file.\n"


# All of them


HELP = """
import runpy, sys
for module in ("index", "qa", "qa.evaluate"):
    sys.argv = [module, "--help"]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        print(end.code, sorted(set(HEAVY) & set(sys.modules)))
"""


def test_help_loads_nothing_heavy(command: Command) -> None:
    result = command("-c", f"HEAVY = {sorted(HEAVY)}{HELP}")
    *usages, after = re.split("^0 \\[\\]\n", result.stdout, flags=re.MULTILINE)
    names = [usage.partition("python -m ")[2].split()[0] for usage in usages]
    assert (names, after, result.stderr) == (["index", "qa", "qa.evaluate"], "", "")


@pytest.mark.parametrize(
    "arguments", [["-m", "index", "status", "--json"], ["-m", "index", "--help"], ["-m", "qa", "--help"]], ids=" ".join
)
@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_closed_pipe_is_no_error(
    archive: tuple[Path, Path], tmp_path: Path, tiny_model: str, arguments: list[str]
) -> None:
    """As in `python -m index status --json | head -1`, where the reader leaves before anything is written."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "DATELINE_MODEL": tiny_model,
                   "DATELINE_INDEX": str(archive[1])}  # fmt: skip
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as process:
        process.stdout.close()
        complaint = process.stderr.read()
        assert (process.wait(600), complaint) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_ctrl_c_leaves_no_traceback_and_no_rubbish(tmp_path: Path) -> None:
    """A build that is interrupted, in a process of its own; it waits where it embeds."""
    script = (
        "import signal, sys, time\n"
        # What is started in the background of a shell ignores it, and so would this.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import index.__main__ as command\n"
        "from hashing_embedder import HashingEmbedder\n"
        "class Slow(HashingEmbedder):\n"
        "    def encode(self, texts):\n"
        "        print('embedding', flush=True)\n"
        # A signal that comes just before a sleep does not end it.
        "        for _ in range(600):\n"
        "            time.sleep(0.1)\n"
        "real = command.sync\n"
        "command.sync = lambda *a, **b: real(*a, **b, embedder=Slow())\n"
        "sys.exit(command.main(['--corpus', 'corpus', '--index', 'index']))\n"
    )
    write(tmp_path / "corpus")
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as process:
        assert process.stdout.readline() == b"embedding\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 130
        # Lines of progress alone, which only a slow machine has time for.
        lines = process.stderr.read().splitlines()
        assert [line for line in lines if not re.fullmatch(rb" *\d+% (?:Reading|Cutting|Embedding)[\w, ]*", line)] == []
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == ["build.lock", "generations"]
    assert list((tmp_path / "index/generations").iterdir()) == []


def test_an_error_is_one_sentence(here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_options: object) -> None:
        message = "Something is wrong; mend it."
        raise UserError(message)

    monkeypatch.setattr("index.__main__.sync", refused)
    assert here(index_main) == (2, "", "Something is wrong; mend it.\n")


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


def test_progress_in_a_log(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A line every five seconds, none for what is done at once."""
    clock = Clock()
    monkeypatch.setattr("corpus.console.time", clock)
    progress = ConsoleProgress()
    for seconds, share in ((1, 0.01), (5, 0.1), (9, 0.3), (10, 0.5), (15, 0.75), (16, 1.0)):
        clock.now = 100 + seconds
        progress(share, f"Embedding, {share * 100:.0f} of 100 chunks")
    progress.end()
    assert capsys.readouterr().err == (
        " 10% Embedding, 10 of 100 chunks\n 50% Embedding, 50 of 100 chunks\n 75% Embedding, 75 of 100 chunks\n"
    )


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    monkeypatch.setattr("corpus.console.time", clock)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = ConsoleProgress()
    for seconds, share, words in ((0.01, 0.1, "Reading"), (0.2, 0.2, "Reading"), (0.25, 0.3, "Reading"),
                                  (0.4, 0.5, "Embedding, 5 of 9"), (0.6, 1.0, "Embedding, 9 of 9")):  # fmt: skip
        clock.now = 100 + seconds
        progress(share, words)
    progress.end()
    part, half, whole = "█" * 6 + "░" * 24, "█" * 15 + "░" * 15, "█" * 30
    assert capsys.readouterr().err == (
        f"\r\033[K{part}  20% Reading\n"
        f"\r\033[K{half}  50% Embedding, 5 of 9\r\033[K{whole} 100% Embedding, 9 of 9\r\033[K"
    )
