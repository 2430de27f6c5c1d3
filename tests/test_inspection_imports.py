"""New imports go where the file has its others, once, and only where their names are free."""

from __future__ import annotations

import pytest
from drafting import imported, judge, wants
from test_inspection import PATH

from celery_lint.finding import (
    Location,
)

IMPORTS = {
    "extends a line": (
        ["django.db.transaction"],
        "from django.db import models\n",
        "from django.db import models, transaction\n",
    ),
    "keeps a line sorted": (["a.c"], "from a import b, d\n", "from a import b, c, d\n"),
    "first in a line": (["a.b"], "from a import c, d  # why\n", "from a import b, c, d  # why\n"),
    "constants and classes come first": (["a.x"], "from a import Z, y\n", "from a import Z, x, y\n"),
    "sorted without case": (["a.X"], "from a import w, Y, z\n", "from a import w, X, Y, z\n"),
    "unsorted": (["a.b"], "from a import c, B, a\n", "from a import c, B, a, b\n"),
    "aliased": (["a.c"], "from a import b as x, d as y\n", "from a import b as x, c, d as y\n"),
    "the name itself is aliased": (["a.b"], "from a import b as x\n", "from a import b as x, b\n"),
    "brackets on one line": (["a.c"], "from a import (b, d)\n", "from a import (b, c, d)\n"),
    "brackets, last": (["a.e"], "from a import (b, d)\n", "from a import (b, d, e)\n"),
    "brackets, last, comma": (["a.e"], "from a import (b, d,)\n", "from a import (b, d, e,)\n"),
    "names on lines, inside": (
        ["a.c"],
        "from a import (\n    b,  # of b\n    # of d\n    d,\n)\n",
        "from a import (\n    b,  # of b\n    c,\n    # of d\n    d,\n)\n",
    ),
    "names on lines, first": (
        ["a.a"],
        "from a import (\n    b,\n    d,\n)\n",
        "from a import (\n    a,\n    b,\n    d,\n)\n",
    ),
    "names on lines, last": (
        ["a.e"],
        "from a import (\n    b,\n    d,  # of d\n)\n",
        "from a import (\n    b,\n    d,  # of d\n    e,\n)\n",
    ),
    "names on lines, last, no comma": (
        ["a.e"],
        "from a import (\n\tb,\n\td\n)\n",
        "from a import (\n\tb,\n\td,\n\te\n)\n",
    ),
    "names on lines, last, no comma, comment": (
        ["a.e"],
        "from a import (\n    b,\n    d  # of d\n)\n",
        "from a import (\n    b,\n    d,  # of d\n    e\n)\n",
    ),
    "names on lines, bracket behind the last": (
        ["a.e"],
        "from a import (\n    b,\n    d)\n",
        "from a import (\n    b,\n    d, e)\n",
    ),
    "names on filled lines": (
        ["a.c"],
        "from a import (b,\n               d, e)\n",
        "from a import (b,\n               c, d, e)\n",
    ),
    "continuation": (["a.c"], "from a import b, \\\n    d\n", "from a import b, \\\n    c, d\n"),
    "several names into one line": (
        ["a.e", "a.a", "a.c", "a.f", "a.c"],
        "from a import b, d\n",
        "from a import a, b, c, d, e, f\n",
    ),
    "several names into lines": (
        ["a.c", "a.e", "a.f"],
        "from a import (\n    b,\n    d,\n)\n",
        "from a import (\n    b,\n    c,\n    d,\n    e,\n    f,\n)\n",
    ),
    "several names into lines, no comma": (
        ["a.e", "a.f"],
        "from a import (\n    b,\n    d\n)\n",
        "from a import (\n    b,\n    d,\n    e,\n    f\n)\n",
    ),
    "crlf": (
        ["a.c", "b.x"],
        "from a import (\r\n    b,\r\n)\r\n",
        "from a import (\r\n    b,\r\n    c,\r\n)\r\nfrom b import x\r\n",
    ),
    "there already": (["a.b", "+c", "+d"], "from a import x, b\nimport c\nimport d.e\n", None),
    "there in a try": (["a.b"], "try:\n    from a import b\nexcept ImportError:\n    b = None\n", None),
    "not for star imports": (["a.b"], "from a import *\n", "from a import *\nfrom a import b\n"),
    "not for type checking": (
        ["a.b"],
        "import x\nif TYPE_CHECKING:\n    from a import b\n",
        "import x\nfrom a import b\nif TYPE_CHECKING:\n    from a import b\n",
    ),
    "relative": ([".a.b"], "from a import x\nfrom .a import c\n", "from a import x\nfrom .a import b, c\n"),
    "after its kin": (
        ["django.db.transaction"],
        "import os\n\nfrom django.conf import settings\nfrom django.http import X\n\nfrom .a import b\n",
        "import os\n\nfrom django.conf import settings\nfrom django.db import transaction\n"
        "from django.http import X\n\nfrom .a import b\n",
    ),
    "before its kin": (
        ["django.db.transaction"],
        "# Django\nfrom django.http import X\n",
        "# Django\nfrom django.db import transaction\nfrom django.http import X\n",
    ),
    "among the standard library": (
        ["functools.partial", "+logging"],
        "import os\nfrom datetime import date\n\nfrom django.http import X\n",
        "import logging\nimport os\nfrom datetime import date\nfrom functools import partial\n\n"
        "from django.http import X\n",
    ),
    "standard library before all others": (
        ["functools.partial"],
        '"""Views."""\n\nfrom __future__ import annotations\n\n# Django\nfrom django.http import X\n',
        '"""Views."""\n\nfrom __future__ import annotations\n\nfrom functools import partial\n\n# Django\n'
        "from django.http import X\n",
    ),
    "several new lines at one place": (
        ["functools.partial", "collections.deque"],
        "from django.http import X\n",
        "from collections import deque\nfrom functools import partial\n\nfrom django.http import X\n",
    ),
    "two sections at one place": (
        ["functools.partial", "django.db.transaction"],
        "from django.http import X\n\nx = 1\n",
        "from functools import partial\n\nfrom django.db import transaction\nfrom django.http import X\n\nx = 1\n",
    ),
    "before other packages": (
        ["django.db.transaction"],
        "import os\n\nfrom celery import chain\nfrom rest_framework import X\n\nfrom shop.a import b\n",
        "import os\n\nfrom celery import chain\nfrom django.db import transaction\nfrom rest_framework import X\n\n"
        "from shop.a import b\n",
    ),
    "no kin": (
        ["django.db.transaction"],
        "import os\nimport celery\n\nfrom .a import b\n\nx = 1\nif x:\n    import y\n",
        "import os\nimport celery\nfrom django.db import transaction\n\nfrom .a import b\n\n"
        "x = 1\nif x:\n    import y\n",
    ),
    "not behind definitions": (
        ["a.b"],
        "import x\n\n\ndef f():\n    pass\n\n\nfrom . import y\n",
        "import x\nfrom a import b\n\n\ndef f():\n    pass\n\n\nfrom . import y\n",
    ),
    "a line shared with others": (
        ["a.b"],
        "import x; import y; z = '''\n'''\nw = 1\n",
        "import x; import y; z = '''\n'''\nfrom a import b\nw = 1\n",
    ),
    "after a docstring": (
        ["a.b"],
        '"""Doc.\n\nMore."""\n\n\ndef f():\n    pass\n',
        '"""Doc.\n\nMore."""\n\nfrom a import b\n\n\ndef f():\n    pass\n',
    ),
    "right after a docstring": (
        ["a.b"],
        '"""Doc."""\nx = 1\n',
        '"""Doc."""\n\nfrom a import b\n\nx = 1\n',
    ),
    "after the future": (
        ["a.b"],
        "from __future__ import annotations\n\nx = 1\n",
        "from __future__ import annotations\n\nfrom a import b\n\nx = 1\n",
    ),
    "at the top": (["a.b"], "x = 1\n", "from a import b\n\nx = 1\n"),
    "after the comments at the top": (
        ["a.b"],
        "#!/usr/bin/env python\n# coding: utf-8\n\nx = 1\n",
        "#!/usr/bin/env python\n# coding: utf-8\n\nfrom a import b\n\nx = 1\n",
    ),
    "into nothing": (["a.b"], "", "from a import b\n"),
    "last line without newline": (["a.b"], "import x", "import x\nfrom a import b\n"),
    "byte order mark": (["a.b"], "\ufeffimport x\n", "\ufeffimport x\nfrom a import b\n"),
    "plain": (["+a.b"], "import a.c\n", "import a.b\nimport a.c\n"),
}


@pytest.mark.parametrize(("names", "before", "after"), IMPORTS.values(), ids=IMPORTS)
def test_imports(names: list[str], before: str, after: str | None) -> None:
    assert (before if after is None else after) == imported(before, *wants(*names))


@pytest.mark.parametrize(("names", "before"), [each[:2] for each in IMPORTS.values()], ids=IMPORTS)
def test_imports_are_added_once(names: list[str], before: str) -> None:
    once = imported(before, *wants(*names))
    assert once == imported(once, *wants(*names))


@pytest.mark.parametrize(
    "text",
    [
        "from a import transaction\n",
        "transaction = 1\n",
        "def transaction(): pass\n",
        "from a import b as transaction\n",
        "if x:\n    class transaction: pass\n",
        "for x, transaction in y: pass\n",
        "try: pass\nexcept E:\n    with a as (b, transaction): pass\n",
    ],
)
def test_a_module_name_in_the_way_refuses_the_import(text: str) -> None:
    verdict = judge(text.encode(), Location(PATH, 1, 1, 1, 1), *wants("django.db.transaction"), expect="")
    assert (None, f"`transaction` is another name in {PATH}") == (verdict.suggestion, verdict.reason)
