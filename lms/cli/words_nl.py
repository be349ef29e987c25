"""Dutch sentences of the command line. Every key stands in `words_en` too (a test checks it)."""

from __future__ import annotations

DUTCH = {
    # --- help ---
    "help.lms": "Goed Gesprek: leren in gesprek te gaan, met korte opnames en feedback.",
    "help.run": "Start de site: database bijwerken, website en worker. Ctrl-C stopt alles.",
    "help.run.demo": "Vul een lege database eerst met de demo.",
    "help.web": "Start alleen de website.",
    "help.worker": "Start alleen de worker, die opnames verwerkt.",
    "help.worker.lanes": "Welk werk: media, transcription, quick (met komma's).",
    "help.db": "De database bijwerken en controleren.",
    "help.db.upgrade": "Breng de database naar deze versie.",
    "help.db.check": "Controleer of de database gelijk is aan deze versie.",
    "help.db.new": "Voor ontwikkelaars: schrijf een nieuwe migratie. WHY zegt waarom.",
    "help.demo": "Maak de demo: gemeente Heuvelrijk met mensen, lessen en opnames.",
    "help.demo.reset": "Wis de demo en maak hem opnieuw.",
    "help.model": "Spraakmodellen ophalen en bekijken.",
    "help.model.fetch": "Haal een model op, bijvoorbeeld small.",
    "help.model.list": "Laat zien welke modellen er zijn.",
    "help.doctor": "Kijk of alles er is: database, ffmpeg, model, worker en meer.",
    "help.json": "Schrijf JSON in plaats van gewone tekst.",
    "help.user": "Accounts maken.",
    "help.user.create_admin": "Maak een beheerder, zo nodig met een nieuwe organisatie.",
    "help.user.password_stdin": "Lees het wachtwoord van de standaardinvoer.",
    "help.media": "Opnames verwerken en controleren.",
    "help.media.process": "Verwerk een bestand zoals de worker dat doet.",
    "help.media.out": "Map voor de resultaten (anders: naam van het bestand met -processed).",
    "help.media.fsck": "Vergelijk de database met de bestanden op schijf.",
    "help.media.checksums": "Lees elk bestand en vergelijk de controlegetallen. Dat duurt langer.",
    "help.media.mend": "Herstel wat kan: ruim op wat nergens bij hoort, maak bestanden opnieuw.",
    "help.media.force": "Herstel ook als bijna niets lijkt te kloppen.",
    # --- settings, run ---
    "settings.wrong": "Instelling {name} klopt niet: {reason}",
    "run.port_taken": (
        "Poort {port} is al bezet. Draait de site al? Kies anders een andere poort: "
        "LMS_PORT={other} {lms} run"
    ),
    "run.starting": "Website en worker starten…",
    "run.ready": "Goed Gesprek staat klaar op {address}",
    "run.how_to_stop": "Stoppen: druk op Ctrl-C.",
    "run.stopped": "Alles is gestopt.",
    "run.died": "{name} is gestopt (code {code}) en start over {seconds} s opnieuw.",
    "hint.demo": "Rondleiding zonder wachtwoord: {address}",
    "hint.no_people": "Maak een beheerder in een ander venster: {lms} user create-admin",
    "hint.no_model": (
        "Er is nog geen model om spraak op te schrijven. Haal het op in een ander venster: "
        "{lms} model fetch {model}"
    ),
    "hint.no_engine": (
        "Het programma dat spraak opschrijft ({engine}) is niet geïnstalleerd: "
        "pip install -r {file}"
    ),
    # --- db, demo ---
    "db.upgraded": "De database is bijgewerkt tot en met migratie {number}.",
    "db.equal": "De database is gelijk aan deze versie (migratie {number}).",
    "db.differs": "De database is niet gelijk aan deze versie. Verschillen:",
    "db.unreachable": "De database is niet te bereiken: {reason}",
    "demo.building": "De demo wordt gemaakt. Dat duurt ongeveer een minuut…",
    "demo.built": "De demo is klaar: {people} mensen, {lessons} lessen, {takes} opnames.",
    "demo.there": "De demo is er al. Opnieuw maken: {lms} demo --reset",
    "demo.refused": "Geen demo met LMS_ENV=production: mensen komen er zonder wachtwoord in.",
    "demo.no_storage": (
        "De demo is niet gemaakt: de opslag doet het niet ({reason}). Controleer LMS_S3_… en het "
        "netwerk. Daarna: {lms} demo --reset"
    ),
    # --- model ---
    "model.unknown": "Het model {name} ken ik niet. Wel: {known}",
    "model.failed": "Het model {name} is niet opgehaald: {reason}. Probeer het nog eens.",
    "model.there": "Het model {name} staat klaar ({megabytes} MB).",
    "model.how_to_use": "Zo gebruikt de site het: LMS_WHISPER_MODEL={name}",
    "model.progress": "{share}  {there} van {total} MB",
    "model.size": "aanwezig, {megabytes} MB",
    "model.absent": "niet aanwezig",
    "model.legend": "* is het model van de instelling LMS_WHISPER_MODEL.",
    # --- user ---
    "user.organisation": "Organisatie",
    "user.name": "Naam",
    "user.email": "E-mailadres",
    "user.password": "Wachtwoord",
    "user.bad_email": "Dat is geen e-mailadres.",
    "user.empty": "Vul een organisatie en een naam in.",
    "user.bad_password": "Kies een wachtwoord van minstens {least} tekens.",
    "user.taken": "Er is al een account met {email}.",
    "user.demo": "De demo heeft geen wachtwoorden. Kies een eigen organisatie.",
    "user.made": "{name} is beheerder van {organisation}.",
    # --- doctor ---
    "doctor.name.database": "database",
    "doctor.name.data": "gegevensmap",
    "doctor.name.ffmpeg": "ffmpeg",
    "doctor.name.sandbox": "afscherming",
    "doctor.name.storage": "opslag",
    "doctor.name.scanner": "virusscanner",
    "doctor.name.whisper": "spraak naar tekst",
    "doctor.name.worker": "worker",
    "doctor.name.queue": "wachtrij",
    "doctor.name.proxy": "proxy",
    "doctor.name.mail": "e-mail",
    "doctor.database_ready": "{kind}, migratie {number}",
    "doctor.database_unreachable": "Niet te bereiken: {reason}. Controleer LMS_DATABASE_URL.",
    "doctor.database_behind": (
        "Staat op migratie {current}, deze versie wil {latest}. Doe: {lms} db upgrade"
    ),
    "doctor.data_ready": "{path}, {gigabytes} GB vrij",
    "doctor.data_low": "{path} heeft nog maar {gigabytes} GB vrij. Maak ruimte.",
    "doctor.data_full": "{path} is vol: {gigabytes} GB vrij. Nieuwe opnames lukken niet meer.",
    "doctor.data_not_writable": "Schrijven mag niet in {path}. Geef deze gebruiker daar rechten.",
    "doctor.data_on_two_disks": (
        "De mappen in {path} staan op meer dan één schijf. Zet ze op één schijf."
    ),
    "doctor.storage_ready_disk": "{path}",
    "doctor.storage_ready_s3": "bucket {bucket} bij {endpoint}",
    "doctor.storage_no_boto3": (
        "LMS_STORAGE=s3 heeft boto3 nodig. Doe: pip install -r requirements/s3.txt"
    ),
    "doctor.storage_unreachable": (
        "De opslag doet het niet ({reason}). Nieuwe opnames wachten op deze server. "
        "Controleer LMS_S3_… en het netwerk."
    ),
    "doctor.storage_garbled": (
        "De opslag geeft iets anders terug dan wat erin ging. Stop de site en zoek dit uit."
    ),
    "doctor.storage_broken": "Schrijven, lezen of wissen lukt niet in {path}: {reason}.",
    "doctor.storage_public": "Iedereen kan bucket {bucket} lezen. Maak hem privé.",
    "doctor.storage_versioned": (
        "Bucket {bucket} bewaart oude versies: gewiste opnames blijven daar staan. Laat de "
        "bucket oude versies na een dag verwijderen."
    ),
    "doctor.ffmpeg_ready": "versie {version}",
    "doctor.ffmpeg_missing": "{program} werkt niet ({reason}). Doe: apt install ffmpeg",
    "doctor.scanner_none": (
        "Geen virusscanner ingesteld (LMS_CLAMD). Bestanden worden niet gescand."
    ),
    "doctor.scanner_away": (
        "De virusscanner op {address} antwoordt niet ({reason}). {count} opnames wachten."
    ),
    "doctor.scanner_blind": (
        "De virusscanner op {address} ziet het testvirus niet. Ververs zijn lijst: freshclam"
    ),
    "doctor.scanner_limit": (
        "{count} opnames zijn groter dan de virusscanner bekijkt. "
        "Zet in clamd.conf StreamMaxLength, MaxFileSize en MaxScanSize op {megabytes}M of meer."
    ),
    "doctor.scanner_ready": ("{version}"),
    "doctor.sandbox_ready": "bubblewrap: ffmpeg ziet alleen het bestand waar het aan werkt",
    "doctor.sandbox_ffmpeg_missing": "Niet te testen zonder ffmpeg.",
    "doctor.sandbox_bubblewrap_missing": (
        "ffmpeg heeft alleen grenzen aan tijd en geheugen. Beter: apt install bubblewrap"
    ),
    "doctor.sandbox_namespaces_forbidden": (
        "Deze machine verbiedt bubblewrap (user namespaces). ffmpeg heeft alleen grenzen aan "
        "tijd en geheugen. Sta user namespaces toe voor deze gebruiker."
    ),
    "doctor.sandbox_sandbox_failed": (
        "bubblewrap werkt hier niet. ffmpeg heeft alleen grenzen aan tijd en geheugen. "
        "Zie de log van de worker."
    ),
    "doctor.model_ready": "{engine}, model {model}",
    "doctor.model_missing": (
        "Het model {model} is er niet. Opnames en feedback werken; tekst wacht. "
        "Doe: {lms} model fetch {model}"
    ),
    "doctor.engine_missing": (
        "{engine} is niet geïnstalleerd. Opnames en feedback werken; tekst wacht. "
        "Doe: pip install -r {file}"
    ),
    "doctor.worker_alive": "{count} actief, laatste teken {seconds} s geleden",
    "doctor.worker_silent": (
        "Geen teken sinds {seconds} s. Opnames worden niet verwerkt. Doe: {lms} run of {lms} worker"
    ),
    "doctor.worker_absent": "Er draait geen worker. Doe: {lms} run of {lms} worker",
    "doctor.lanes_unserved": "Niemand doet dit werk: {lanes}. Doe: {lms} worker --lanes {lanes}",
    "doctor.queue_ready": "{queued} in de rij, {waiting} wacht op iets anders, {running} bezig",
    "doctor.queue_slow": (
        "De oudste taak wacht al {minutes} minuten ({queued} in de rij). Start nog een worker."
    ),
    "doctor.queue_failures": (
        "{queued} in de rij, {waiting} wacht op iets anders, {running} bezig; {failed} mislukt. "
        "De maker van de opname ziet waarom."
    ),
    "doctor.proxy_named": "{count} ervoor: adressen van bezoekers komen daarvandaan",
    "doctor.proxy_none": "geen ingesteld: bezoekers komen rechtstreeks",
    "doctor.proxy_unnamed": (
        "Je adres begint met https, dus er staat een proxy voor. Zet LMS_TRUSTED_PROXIES=1: "
        "nu lijken alle bezoekers van één adres te komen."
    ),
    "doctor.mail_not_yet": "Deze versie verstuurt nog geen e-mail. Berichten staan in de site.",
    # --- media process ---
    "process.no_file": "Dit bestand is er niet: {file}",
    "process.too_large": "Het bestand is groter dan {limit} MB (LMS_MAX_UPLOAD_MB).",
    "process.failed": "Het verwerken is gestopt: {reason}",
    "process.convert": "Omzetten    {percent:3d} %",
    "process.listen": "Opschrijven {percent:3d} %",
    "process.done": "Klaar: een opname van {seconds} s.",
    "process.heard": "Dit hoorde de computer:",
    "process.no_speech": "De computer hoorde geen spraak.",
    "refused.empty_file": "Geweigerd: het bestand is leeg.",
    "refused.not_media": "Geweigerd: dit is geen video of geluid.",
    "refused.picture": "Geweigerd: dit is een plaatje, geen video of geluid.",
    "refused.playlist": "Geweigerd: dit is een afspeellijst die naar andere bestanden wijst.",
    "refused.unreadable": "Geweigerd: het bestand is beschadigd of niet te lezen.",
    "refused.unsupported_codec": "Geweigerd: deze soort opname ({codec}) gaat niet.",
    "refused.no_audio": "Geweigerd: er zit geen geluid bij.",
    "refused.no_video_and_no_audio": "Geweigerd: er zit geen beeld en geen geluid in.",
    "refused.zero_length": "Geweigerd: de opname duurt {found} s. Minstens {limit} s is nodig.",
    "refused.too_long": "Geweigerd: de opname duurt {found} s. Hoogstens {limit} s mag.",
    "refused.too_many_pixels": "Geweigerd: het beeld is te groot. Hoogstens {limit} pixels mag.",
    "refused.too_many_packets": "Geweigerd: het bestand heeft veel te veel beelden per seconde.",
    "refused.too_many_streams": "Geweigerd: er zitten te veel sporen in. Hoogstens {limit} mag.",
    "failed.timeout": "Het verwerken duurde te lang en is gestopt.",
    "failed.resource_limit": "Het verwerken kostte te veel geheugen of tijd en is gestopt.",
    "failed.cancelled": "Het verwerken is afgebroken.",
    "failed.decoder_failed": "ffmpeg kon dit bestand niet omzetten.",
    "failed.disk_full": "De schijf is vol.",
    "failed.tool_missing": "ffmpeg ontbreekt. Doe: apt install ffmpeg",
    # --- media fsck ---
    "fsck.looked": "{clips} opnames met samen {files} bestanden bekeken.",
    "fsck.missing": "kwijt: {path}",
    "fsck.damaged": "beschadigd: {path}",
    "fsck.orphan": "hoort nergens bij: {path}",
    "fsck.known_lost": "kwijt, de maker weet het: {path}",
    "fsck.back": "weer terug: {path}",
    "fsck.removed": "verwijderd: {what}",
    "fsck.again": "wordt opnieuw gemaakt door de worker: {what}",
    "fsck.given_up": "opname is weg, de maker krijgt bericht: {what}",
    "fsck.only_backup": (
        "opname is weg, wat mensen bekijken is er nog: {what}. Alleen een back-up helpt."
    ),
    "fsck.foreign": (
        "Bijna niets klopt. Hoort deze opslag wel bij deze database? Er is niets veranderd. "
        "Weet je het zeker? Doe: {lms} media fsck --mend --force"
    ),
    "fsck.clean": "Alles klopt.",
}
