"""What people write above their columns, in the languages lists come in.

One line per column of ours; compared after lower-casing, with accents and punctuation gone.
English first, then Finnish, Swedish, German, French, Spanish and Dutch words.
"""

WORDS: dict[str, str] = {
    "fieldbeat_id": "fieldbeat id | fieldbeat_id",
    "external_id": (
        "external id | id | account id | account no | account number | account nr | customer id | "
        "customer no | customer number | customer nr | client id | client no | client number | "
        "crm id | erp id | store id | store # | store no | store number | debtor no | reference | "
        "account # | customer # | cust no | ext id | salesforce id | "
        "asiakasnumero | asiakasnro | asiakas nro | asiakastunnus | tunnus | "
        "kundnummer | kund nr | "
        "kundennummer | kunden nr | kundennr | kd nr | debitorennummer | debitor | "
        "numero client | no client | n client | code client | id client | identifiant | "
        "numero de cliente | codigo cliente | klantnummer | klantnr | debiteurnummer"
    ),
    "name": (
        "name | account name | account | customer | customer name | company | company name | "
        "business | business name | store | store name | shop | shop name | client | client name | "
        "organisation | organization | site name | outlet | outlet name | trading name | "
        "nimi | asiakas | asiakkaan nimi | yritys | yrityksen nimi | toimipaikka | liike | "
        "namn | kund | kundnamn | foretag | foretagsnamn | "
        "firma | firmenname | firmenbezeichnung | kunde | kundenname | unternehmen | betrieb | "
        "nom | nom client | nom du client | client nom | raison sociale | societe | entreprise | "
        "enseigne | etablissement | nombre | empresa | razon social | nombre cliente | "
        "naam | bedrijf | bedrijfsnaam | klant | klantnaam"
    ),
    "address": (
        "address | full address | postal address | location address | "
        "mailing address | osoite kokonaan | koko osoite | adresse complete | "
        "vollstandige adresse | gesamtadresse | fullstandig adress"
    ),
    "street": (
        "street | street address | street name | address line 1 | address 1 | address1 | addr1 | "
        "line 1 | road | katuosoite | katu | lahiosoite | osoite | kayntiosoite | gata | "
        "gatuadress | adress | besoksadress | strasse | str | anschrift | adresse | rue | voie | "
        "adresse 1 | ligne 1 | calle | direccion | domicilio | straat | adres | straatnaam"
    ),
    "house_no": (
        "house no | house number | house nr | street number | building number | "
        "building no | talonumero | talon nro | husnummer | gatunummer | hausnummer | haus nr | "
        "hausnr | hnr | numero de rue | numero voie | huisnummer | huisnr"
    ),
    "postcode": (
        "postcode | post code | postal code | zip | zip code | zipcode | zip postal code | "
        "postinumero | postinro | postnummer | postnr | plz | postleitzahl | code postal | cp | "
        "codigo postal | cod postal"
    ),
    "city": (
        "city | town | town city | municipality | locality | suburb | postitoimipaikka | "
        "kaupunki | kunta | paikkakunta | ort | stad | postort | stadt | ville | commune | "
        "localite | ciudad | poblacion | localidad | plaats | woonplaats | gemeente"
    ),
    "state": (
        "state | province | region | county | state province | maakunta | lan | landskap | "
        "bundesland | kanton | departement | provincia | provincie"
    ),
    "country": "country | country code | nation | maa | land | pays | pais",
    "lat": (
        "lat | latitude | y | geo lat | gps lat | gps latitude | breite | breitengrad | "
        "leveysaste | latitud | leveyspiiri | breedtegraad"
    ),
    "lon": (
        "lon | lng | long | longitude | x | geo lon | geo lng | gps lon | gps lng | "
        "gps longitude | lange | langengrad | laenge | laengengrad | pituusaste | longitud | "
        "pituuspiiri | lengtegraad"
    ),
    "coordinates": (
        "coordinates | coords | lat lon | lat lng | latlng | lat long | gps | geo | geolocation | "
        "koordinaatit | koordinaten | coordonnees | coordenadas | koordinater"
    ),
    "geo_locked": "geo locked | geo lock | pin locked | pin is manual | location locked",
    "contact": (
        "contact | contact name | contact person | first and last name | buyer | owner name | "
        "yhteyshenkilo | kontaktperson | ansprechpartner | kontakt | interlocuteur | nom contact | "
        "nom du contact | contacto | persona de contacto | contactpersoon"
    ),
    "phone": (
        "phone | phone number | phone no | telephone | tel | tel no | mobile | mobile phone | "
        "cell | puhelin | puhelinnumero | puh | puh nro | matkapuhelin | telefon | telefonnummer | "
        "tel nr | mobil | handy | telephone fixe | portable | telefono | movil | telefoon | "
        "telefoonnummer"
    ),
    "email": (
        "email | e mail | email address | mail | e mail address | sahkoposti | sahkopostiosoite | "
        "e post | epost | e mail adresse | email adresse | courriel | adresse mail | "
        "adresse email | correo | correo electronico | e mailadres"
    ),
    "website": (
        "website | web site | web | url | homepage | home page | www | kotisivu | verkkosivu | "
        "verkkosivut | hemsida | webseite | internet | site web | site internet | pagina web"
    ),
    "tier": (
        "tier | abc | abc class | class | grade | rank | rating | category abc | account tier | "
        "customer class | luokka | asiakasluokka | abc luokka | klass | kundklass | klasse | "
        "abc klasse | kundenklasse | classe | classe abc | categoria abc | klantklasse"
    ),
    "potential": (
        "potential | annual potential | sales potential | potential value | revenue 12m | "
        "revenue | annual revenue | turnover | sales 12m | yearly value | potentiaali | "
        "liikevaihto | vuosimyynti | omsattning | potenzial | umsatz | jahresumsatz | potentiel | "
        "chiffre d affaires | ca annuel | potencial | facturacion | omzet | potentieel"
    ),
    "industry": (
        "industry | sector | line of business | trade | toimiala | bransch | branche | "
        "secteur | secteur d activite | sector de actividad"
    ),
    "segment": (
        "segment | customer segment | account type | type | segmentti | kundensegment | tyyppi"
    ),
    "tags": "tags | tag | labels | keywords | tunnisteet | avainsanat | schlagworte | etiquettes",
    "owner": (
        "owner | account owner | rep | sales rep | salesperson | sales person | representative | "
        "owner email | rep email | sales rep email | assigned to | agent | account manager | "
        "myyja | edustaja | vastuuhenkilo | myyntiedustaja | vastuumyyja | saljare | "
        "vertreter | aussendienst | aussendienstmitarbeiter | betreuer | verkaufer | commercial | "
        "representant | vendeur | vendedor | comercial | vertegenwoordiger | verkoper"
    ),
    "target_days": (
        "cadence | interval | interval days | visit interval | visit interval days | "
        "visit frequency | visit every days | visit every | frequency | call cycle | cycle | "
        "kayntivali | kayntitiheys | kayntivali paivaa | besoksintervall | besuchsintervall | "
        "besuchsrhythmus | besuchsfrequenz | intervall | frequence | frequence de visite | "
        "intervalle | frecuencia | bezoekfrequentie"
    ),
    "earliest_pct": "earliest pct | earliest % | due after % | not before % | due after",
    "latest_pct": "latest pct | latest % | overdue after % | overdue after",
    "service_min": (
        "duration | duration min | service time | service minutes | service min | visit duration | "
        "visit minutes | minutes | visit length | kesto | kesto min | kayntiaika | besokstid | "
        "dauer | besuchsdauer | dauer min | duree | duree visite | duree min | duracion | duur"
    ),
    "last_visit": (
        "last visit | last visited | last visit date | last visited at | last call | "
        "date of last visit | viimeisin kaynti | edellinen kaynti | viimeksi kayty | "
        "senaste besok | letzter besuch | letzter besuch am | derniere visite | ultima visita | "
        "laatste bezoek"
    ),
    "first_due_on": (
        "first due | first due on | first visit | active from | next visit | next due | "
        "seuraava kaynti | nasta besok | nachster besuch | prochaine visite | proxima visita"
    ),
    "opening_hours": (
        "opening hours | hours | open hours | opening times | business hours | open | "
        "aukioloajat | aukiolo | aukioloaika | oppettider | offnungszeiten | "
        "horaires | heures d ouverture | horario | openingstijden"
    ),
    "hours_mo": (
        "mo | mon | monday | hours mo | maanantai | mandag | montag | lundi | lunes | maandag"
    ),
    "hours_tu": (
        "tu | tue | tuesday | hours tu | tiistai | tisdag | dienstag | mardi | martes | dinsdag"
    ),
    "hours_we": (
        "we | wed | wednesday | hours we | keskiviikko | onsdag | mittwoch | mercredi | "
        "miercoles | woensdag"
    ),
    "hours_th": (
        "th | thu | thursday | hours th | torstai | torsdag | donnerstag | jeudi | jueves | "
        "donderdag"
    ),
    "hours_fr": (
        "fr | fri | friday | hours fr | perjantai | fredag | freitag | vendredi | viernes | vrijdag"
    ),
    "hours_sa": (
        "sa | sat | saturday | hours sa | lauantai | lordag | samstag | samedi | sabado | zaterdag"
    ),
    "hours_su": (
        "su | sun | sunday | hours su | sunnuntai | sondag | sonntag | dimanche | domingo | zondag"
    ),
    "visit_note": (
        "visit note | note | notes | comment | comments | remarks | memo | huomautus | "
        "huomautukset | huomio | muistiinpano | anteckning | kommentar | notiz | bemerkung | "
        "bemerkungen | hinweis | remarque | remarques | commentaire | notas | observaciones | "
        "opmerking | opmerkingen"
    ),
    "boost": "boost | priority boost | extra points | priority points",
    "status": (
        "status | account status | customer status | stage | tila | asiakkuuden tila | "
        "kundstatus | kundenstatus | statut | estado"
    ),
    "active": "active | is active | aktiivinen | aktiv | actif | activo | actief",
}

# Known columns that nothing here reads: named so that no fuzzy match takes them for another.
SET_ASIDE = (
    "fax | fax number | faksi | telefax | territory | terr | sales territory | alue | gebiet | "
    "priority | margin | product lines | fixed weekday | required skill | preferred rep | "
    "pinned rep | hit rate | parent external id | parent id | source | schedule | "
    "last missed | active to | call block from | call block to | vat | vat no | vat number | "
    "business id | y tunnus | ust id | siret | siren | address 2 | address2 | address line 2 | "
    "created | created at | updated | updated at | last order | row | title | salutation"
)
