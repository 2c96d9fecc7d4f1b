"""The fixed facts of the demo world: platforms, sports, leagues, names. All of them are made up."""

from dataclasses import dataclass

PLATFORMS = ("twitter", "instagram", "facebook")
CHANNELS = ("site", *PLATFORMS)
"""Where the readers of a story come from: the site itself and search, or a platform."""
MEASURES = ("likes", "reposts", "replies")
FORMATS = ("article", "photo", "video", "gallery")
FORMAT_SHARES = (0.35, 0.30, 0.20, 0.15)
FORMAT_FACTORS = (0.9, 1.0, 1.35, 1.1)
"""What a format does to the expected page views of a story."""
SPONSORED_SHARE = 0.25
SPONSORED_FACTOR = 0.8
"""Readers like advertising a little less."""
TEXT_LENGTH_MEDIAN, TEXT_LENGTH_SIGMA = 100, 0.7
"""Characters of a story's text, about as on public sports pages."""


@dataclass(frozen=True)
class League:
    """A league: `strength` is what playing there adds to log influence."""

    name: str
    gender: str
    strength: float


@dataclass(frozen=True)
class Sport:
    """A sport: `weight` its share of athletes, `peak` the day of the year in mid-season."""

    name: str
    weight: float
    popularity: float
    peak: int
    leagues: tuple[League, ...]
    positions: tuple[str, ...]
    teams: bool = True


def _leagues(*names: str) -> tuple[League, ...]:
    """A first men's league, a first women's league and a second men's league."""
    genders = ("men", "women", "men")
    strengths = (0.35, 0.05, -0.4)
    return tuple(League(*values) for values in zip(names, genders, strengths, strict=True))


SPORTS: tuple[Sport, ...] = (
    Sport(
        "basketball",
        0.14,
        0.25,
        45,
        _leagues("Premier Hoops League", "Women's Hoops League", "Second Hoops League"),
        ("guard", "forward", "center"),
    ),
    Sport(
        "football",
        0.18,
        0.35,
        60,
        _leagues("Continental League", "Women's Continental League", "League Two"),
        ("goalkeeper", "defender", "midfielder", "forward"),
    ),
    Sport(
        "american football",
        0.12,
        0.2,
        330,
        _leagues("Gridiron League", "Women's Gridiron League", "Spring Gridiron League"),
        ("quarterback", "receiver", "linebacker", "kicker"),
    ),
    Sport(
        "baseball",
        0.10,
        0.0,
        200,
        _leagues("Diamond League East", "Women's Diamond League", "Diamond League West"),
        ("pitcher", "catcher", "infielder", "outfielder"),
    ),
    Sport(
        "ice hockey",
        0.09,
        -0.05,
        30,
        _leagues("Northern Ice League", "Women's Ice League", "Second Ice League"),
        ("goaltender", "defender", "winger", "center"),
    ),
    Sport("tennis", 0.07, 0.15, 185, _leagues("World Court Tour", "Women's Court Tour", "Challenger Tour"), (), False),
    Sport("golf", 0.05, -0.05, 170, _leagues("Links Tour", "Women's Links Tour", "Future Links Tour"), (), False),
    Sport(
        "athletics",
        0.06,
        -0.1,
        215,
        _leagues("Track Circuit", "Women's Track Circuit", "Indoor Track Circuit"),
        ("sprints", "distance", "jumps", "throws"),
        False,
    ),
    Sport(
        "swimming",
        0.05,
        -0.2,
        205,
        _leagues("Pool Series", "Women's Pool Series", "Open Water Series"),
        ("freestyle", "butterfly", "backstroke", "medley"),
        False,
    ),
    Sport(
        "cricket",
        0.05,
        0.1,
        110,
        _leagues("Wicket League", "Women's Wicket League", "County Wicket League"),
        ("batter", "bowler", "all-rounder", "keeper"),
    ),
    Sport(
        "rugby",
        0.05,
        -0.1,
        75,
        _leagues("Oval Union", "Women's Oval Union", "Second Oval Union"),
        ("prop", "lock", "scrum-half", "wing"),
    ),
    Sport(
        "volleyball",
        0.04,
        -0.2,
        55,
        _leagues("Net League", "Women's Net League", "Beach Series"),
        ("setter", "libero", "outside hitter", "blocker"),
    ),
)
SPORT_NAMES = tuple(sport.name for sport in SPORTS)

TEAM_CITIES = (
    *(
        "Harbor City",
        "Northfield",
        "Lakemont",
        "Río Verde",
        "Sankt Veiten",
        "Eastport",
        "Mount Sable",
        "Villanova Alta",
    ),
    *("Westmere", "Kaldvik", "Porto Luar", "Redcliff", "Stonebridge", "Aurora Bay", "Grünwaldau", "King's Ferry"),
)
TEAM_ANIMALS = ("Herons", "Foxes", "Bisons", "Falcons", "Otters", "Wolves", "Cranes", "Lynxes")
TEAMS_PER_LEAGUE = 16

COUNTRIES = (
    *("United States", "Spain", "Brazil", "France", "Germany", "England", "Argentina", "Canada", "Australia", "Japan"),
    *("South Korea", "Nigeria", "Kenya", "Jamaica", "India", "Sweden", "Norway", "Italy", "Netherlands", "Mexico"),
    *("Côte d'Ivoire", "New Zealand", "Poland", "Czechia"),
)

FIRST_NAMES = (
    *(
        "Alex",
        "Ari",
        "Bela",
        "Chidi",
        "Dani",
        "Ebba",
        "Eirik",
        "Fenna",
        "Gael",
        "Hana",
        "Imani",
        "Inés",
        "Jaya",
        "Jules",
    ),
    *("Kaito", "Kemi", "Léo", "Lior", "Maël", "Mika", "Nadia", "Noor", "Olu", "Øystein", "Paz", "Quim", "Renée", "Rui"),
    *("Sana", "Søren", "Tala", "Tomáš", "Uma", "Vera", "Wren", "Xoán", "Yara", "Zoë", "Žofie", "Amadou", "Björn"),
    *("Célia", "Dmitri", "Esperança", "Füsun", "Grażyna", "Hyun"),
)
SURNAME_STARTS = (
    *("Ashen", "Bor", "Cald", "Dray", "Elm", "Fair", "Gris", "Hol", "Ib", "Jor", "Kesh", "Lang", "Mor", "Nak", "Okav"),
    *("Per", "Quel", "Rav", "Sten", "Tam", "Ur", "Vand", "Wex", "Yar", "Zel", "Ågren", "Brø", "Čer", "D'Or", "Etxe"),
    *("Fuen", "Gün", "Hér", "Ík", "Jür", "Kö", "Łan", "Mañ", "Núñ", "O'Mal"),
)
SURNAME_ENDS = (
    *(
        "vale",
        "mont",
        "worth",
        "sson",
        "embe",
        "ita",
        "ovic",
        "berg",
        "ardo",
        "elli",
        "quist",
        "uchi",
        "aran",
        "dottir",
    ),
    *("escu", "ewe", "field", "garde", "hurst", "iemi", "jani", "kamp", "linden", "moor", "nova", "oyan", "plaza"),
    *("quez", "ridge", "stad", "thorpe", "umu", "vik", "wick", "xandre", "yema", "zinho", "brook", "castro", "dine"),
    *("eira", "folk", "gaard", "hova", "idis", "jarvi", "krona"),
)
NICKNAMES = ("Ace", "Rocket", "La Maga", "Tiny", "The Wall", "Señor Goal", "Doc", "Sunny")
EMOJI = ("⚽", "🏀", "🔥", "👑", "🎾", "🏈", "💪", "🇧🇷")

BRANDS = (
    *("Brightwater Cola", "Solano Shoes", "Kestrel Air", "Pine & Peak", "Volta Cars", "Nimbus Phones", "Orchard Bank"),
    *("Tidal Watches", "Zest Snacks", "Fjord Outdoor", "Maple Insurance", "Lumen Glasses"),
)
