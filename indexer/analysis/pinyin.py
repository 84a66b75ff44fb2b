"""Pinyin of titles and names: found by whole syllables (``zhuanli jiansuo``) or by initials (``zljs``).

A document's stream holds the syllables in order, then each two neighbouring initials in capitals (``ZL LJ JS``); a
query becomes phrases of either. pypinyin takes a third of a second to import, so only who makes documents imports it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.analysis.latin import LATIN

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_INITIALS = 4
"""Fewer letters are rather an abbreviation (PCT, LED) than initials of four characters."""

MAX_READINGS = 8
_LONGEST_SYLLABLE = 6

_ALL_SYLLABLES = """
ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen ceng cha
chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu cuan
cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo ei en eng
er fa fan fang fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui
gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie
jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo
la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve ma mai
man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian
niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve ou pa pai pan pang pao pei pen peng pi pian piao pie pin
ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru
rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua
shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie
ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu
xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha
zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu
zuan zui zun zuo
"""
_SYLLABLES = frozenset(_ALL_SYLLABLES.split())
_INITIALS = frozenset("bcdfghjklmnpqrstwxyz")
"""Vowels begin syllables too, but what holds them is rather an English word."""


def pinyin(words: str) -> str:
    """Return the pinyin stream of a text already cut into words.

    >>> pinyin("专利 检索")
    'zhuan li jian suo ZL LJ JS'
    """
    syllables: list[str] = []
    for word in words.split():
        if not LATIN.fullmatch(word):
            syllables.extend(_syllables(word))
    initials = "".join([syllable[0] for syllable in syllables]).upper()
    return " ".join([*syllables, *_two_by_two(initials)])


@lru_cache(maxsize=65536)
def _syllables(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word, errors="ignore"))


def readings(letters: str) -> tuple[tuple[str, ...], ...]:
    """Return the phrases of the pinyin stream that letters may stand for; none for what is no pinyin.

    >>> readings("fangan"), readings("zljs"), readings("patent")
    ((('fang', 'an'), ('fan', 'gan')), (('ZL', 'LJ', 'JS'),), ())
    """
    letters = letters.replace("ü", "v")
    if not letters.isascii() or not letters.isalpha():
        return ()
    found = _spellings(letters)
    if not found and len(letters) >= MIN_INITIALS and _INITIALS.issuperset(letters):
        return (tuple(_two_by_two(letters.upper())),)
    return found


def _spellings(letters: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to cut letters into syllables, longer syllables first."""

    @cache
    def endings(start: int) -> tuple[tuple[str, ...], ...]:
        if start == len(letters):
            return ((),)
        found: list[tuple[str, ...]] = []
        for end in range(min(start + _LONGEST_SYLLABLE, len(letters)), start, -1):
            if letters[start:end] in _SYLLABLES:
                found.extend((letters[start:end], *rest) for rest in endings(end))
        return tuple(found[:MAX_READINGS])

    return endings(0) if len(letters) <= 64 else ()


def _two_by_two(letters: str) -> Iterator[str]:
    return (a + b for a, b in pairwise(letters))
