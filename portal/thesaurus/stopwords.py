"""Small words that say nothing about a subject; they also tell languages apart."""

STOPWORDS: dict[str, frozenset[str]] = {
    "en": frozenset(
        """a an and are as at be been but by can could did do does for from had has have he her him
        his how i if in into is it its many may more most much no not of on one or our shall she
        should so some such than that the their them then there these they this those to was we
        were what when where which while who whom whose why will with would you your""".split()
    ),
    "de": frozenset(
        """aber als am an auch auf aus bei bis da damit dann das dass dem den denn der des die dies
        diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
        für fuer gab gibt hat hatte haben ich ihr ihre ihrem ihren ihrer im in ist ja kann kein keine
        können koennen man mehr mit nach nicht noch nur ob oder seit sein seine seinem seinen seiner
        sich sie sind so soll sollen über ueber um und uns unser unter viel viele vom von vor war
        waren warum was welche welchem welchen welcher welches wenn wer werden wie wieviel wir wird
        wo woher wurde wurden zu zum zur zwischen""".split()
    ),
    "fr": frozenset(
        """à au aux avec ce ces cette combien comme comment d dans de des du elle en est et été être
        il ils je l la le les leur leurs mais ne nous on ont ou où par pas plus pour quand que quel
        quelle quelles quels qui sa sans se ses son sont sur un une vous était""".split()
    ),
    "es": frozenset(
        """a al como con cual cuál cuales cuáles cuando cuándo cuanto cuánto cuántos de del desde
        donde dónde el ella en entre era es esta este fue ha han la las lo los más no o para pero
        por que qué quien quién se ser si sin sobre son su sus un una y ya""".split()
    ),
    "pt": frozenset(
        """a ao aos as com como da das de do dos e é ela ele em entre era foi mais mas na nas não no
        nos o onde os ou para pela pelo por qual quais quando quanto que quem se sem ser seu seus
        sua suas são um uma""".split()
    ),
}
# Characters and words that only carry grammar or a question.
HAN_STOPWORDS = frozenset(
    """的 了 在 是 和 与 及 或 等 有 被 把 为 于 以 对 从 向 也 都 就 而 其 这 那 哪 谁 吗 呢 吧 着 过 地 得
    之 所 什么 哪个 哪些 哪里 多少 怎么 如何 为什么 什么时候 何时 哪年 几 一个 他 她 它 他们 我 我们 你 您
    该 此 个 由 并 但 将 会 能 可以 可 要 不 没有 没 很 更 最""".split()
)
