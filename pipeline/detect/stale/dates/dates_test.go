package dates

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// told is what a text says of its dates: "2025-03-31 end; --03-31 end".
func told(list []Mention) string {
	var parts []string
	for i := range list {
		m := &list[i]
		when := m.Last.Time().Format(time.DateOnly)
		if !m.HasYear {
			when = fmt.Sprintf("--%02d-%02d", int(m.month), m.day)
		}
		if m.Range && m.HasYear {
			when = m.First.Time().Format(time.DateOnly) + ".." + when
		}
		if m.Other != 0 {
			when += "|" + m.Other.Time().Format(time.DateOnly)
		}
		parts = append(parts, when+" "+m.Cue.String())
	}
	return strings.Join(parts, "; ")
}

func TestCues(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// ends, French
		{"Jusqu’au 31 mars 2025, les nouveaux clients Fibre paient 19,99 € par mois.", "2025-03-31 end"},
		{"Offre valable jusqu'au vendredi 31 janvier 2025 inclus.", "2025-01-31 end"},
		{"Le bouquet Sport est offert pendant 3 mois pour toute souscription avant le 31 août 2025.", "2025-08-31 end"},
		{"Inscrivez-vous avant le 15/06/2025 !", "2025-06-15 end"},
		{"La demande doit être envoyée au plus tard le 30 novembre 2024.", "2024-11-30 end"},
		{"Date limite d'inscription : 12 mai 2025", "2025-05-12 end"},
		{"Date limite : 12.05.2025", "2025-05-12 end"},
		{"Le code promo BIENVENUE expire le 1er juillet 2025.", "2025-07-01 end"},
		{"L'ancien portail ferme fin mars 2025 : exportez vos données d'ici là.", "2025-03-31 end"},
		{"Téléchargez vos factures d'ici fin mars 2025.", "2025-03-31 end"},
		{"La promotion prend fin le 5 avril 2025.", "2025-04-05 end"},
		{"L'opération se termine le dimanche 9 février 2025 à minuit.", "2025-02-09 end"},
		{"Profitez-en jusqu'à fin septembre 2025.", "2025-09-30 end"},
		{"Cette grille s'applique jusqu'en 2024.", "2024-12-31 end"},
		{"Ce tarif est garanti jusqu'à fin 2024.", "2024-12-31 end"},
		{"L'offre a été prolongée jusqu'au 30 juin 2025.", "2025-06-30 end"},
		{"L'offre, initialement valable jusqu'au 31 mars 2025, est prolongée jusqu'au 30 juin 2025.", "2025-03-31 history; 2025-06-30 end"},
		{"Dossier à déposer le 14 mars 2025 au plus tard.", "2025-03-14 end"},
		{"Offre valable du 1er au 31 mars 2025.", "2025-03-01..2025-03-31 end"},
		{"Nos bureaux sont fermés du 24 décembre 2024 au 2 janvier 2025.", "2024-12-24..2025-01-02 end"},
		{"Soldes du mercredi 8 janvier au mardi 4 février 2025 dans toutes les boutiques.", "2025-01-08..2025-02-04 end"},
		{"Du 9 juin au 30 septembre 2021 les restaurants, les bars et les salles de sport doivent tenir un registre.", "2021-06-09..2021-09-30 end"},
		{"Inscriptions ouvertes entre le 3 et le 21 mars 2025.", "2025-03-03..2025-03-21 end"},
		{"Il s'agit d'un dispositif expérimental, appliqué jusqu'au 31 décembre 2017, qui sera suivi d'un bilan.", "2017-12-31 end"},
		{"Bon d'achat valable jusqu'au 31-12-2024.", "2024-12-31 end"},
		{"Validité : 2025-01-31", "2025-01-31 end"},
		{"Pour toute commande passée avant le 31 mars 2025, la livraison est offerte.", "2025-03-31 end"},
		{"Candidatures jusqu'au 4 oct. 2025.", "2025-10-04 end"},
		{"Remise de 20 % jusqu'au 31 mars 2025 ; code à saisir au panier.", "2025-03-31 end"},
		{"Prix maintenu jusqu'au T1 2025.", "2025-03-31 end"},
		{"Le guichet reste ouvert jusqu’au premier trimestre 2025.", "2025-03-31 end"},
		{"Offre valable tout l'été 2025.", "2025-09-22 end"},
		// ends, English
		{"New customers pay €19.99 a month until 31 March 2025.", "2025-03-31 end"},
		{"The Sport bundle is free for 3 months if you subscribe before 31 August 2025.", "2025-08-31 end"},
		{"Offer valid through March 31, 2025.", "2025-03-31 end"},
		{"This code expires on April 1st, 2025.", "2025-04-01 end"},
		{"Deadline: 15 June 2025", "2025-06-15 end"},
		{"The deadline for applications is 15 June 2025.", "2025-06-15 end"},
		{"Applications must be received by 30 November 2024.", "2024-11-30 end"},
		{"Send your form no later than Friday, 14 March 2025.", "2025-03-14 end"},
		{"Registration closes on 3 Oct 2025.", "2025-10-03 end"},
		{"The sale ends Sunday, February 9, 2025 at midnight.", "2025-02-09 end"},
		{"Valid from 1 to 31 March 2025.", "2025-03-01..2025-03-31 end"},
		{"Our offices are closed from 24 December 2024 to 2 January 2025.", "2024-12-24..2025-01-02 end"},
		{"Get 20% off between March 3 and March 21, 2025.", "2025-03-03..2025-03-21 end"},
		{"Open for registration March 3-5, 2025.", "2025-03-03..2025-03-05 end"},
		{"The workshop runs 3–5 March 2025.", "2025-03-03..2025-03-05 end"},
		{"The offer has been extended until 30 June 2025.", "2025-06-30 end"},
		{"Valid till 2025-01-31.", "2025-01-31 end"},
		{"Prices are frozen until the end of March 2025.", "2025-03-31 end"},
		{"The discount applies through the end of 2024.", "2024-12-31 end"},
		{"Book by 1 May 2025 to get the early price.", "2025-05-01 end"},
		{"Free delivery on orders placed before 15 December 2024.", "2024-12-15 end"},
		{"You can still use the old app up to 31 March 2025.", "2025-03-31 end"},
		{"The form may be sent until Q1 2025.", "2025-03-31 end"},
		{"Voucher valid until 03/2025.", "2025-03-31 end"},
		{"The last day is 28 February 2025.", "2025-02-28 end"},
		{"Vous avez jusqu'au 3 mars 2025 pour renvoyer le dossier.", "2025-03-03 end"},
		{"La remise de rentrée s'applique aux commandes passées avant le 15 septembre 2025.", "2025-09-15 end"},
		{"Fin des inscriptions le 3 mars 2025.", "2025-03-03 end"},
		{"La date limite est fixée au 12 mars 2025.", "2025-03-12 end"},
		{"Les travaux de la piscine s'achèveront le 30 avril 2025.", "2025-04-30 end"},
		{"Pendant les travaux (du 3 mars au 30 juin 2025), l'entrée se fait par la rue Haute.", "2025-03-03..2025-06-30 end"},
		{"L'ascenseur est hors service du 3 au 7 mars 2025.", "2025-03-03..2025-03-07 end"},
		{"Les soldes d'hiver s'arrêtent le 4 février 2025.", "2025-02-04 end"},
		{"D'ici au 31 décembre 2025, tous les adhérents devront renouveler leur carte.", "2025-12-31 end"},
		{"Le dossier est à rendre pour le 15 mars 2025.", "2025-03-15 end"},
		{"Applications close on 3 March 2025.", "2025-03-03 end"},
		{"You have until 3 March 2025 to return the form.", "2025-03-03 end"},
		{"Closed until 3 March 2025 for refurbishment.", "2025-03-03 end"},
		{"Bookings made before 1 June 2025 get 10 % off.", "2025-06-01 end"},
		{"Last orders: 20 December 2024", "2024-12-20 end"},
		{"The lift is out of service from 3 to 7 March 2025.", "2025-03-03..2025-03-07 end"},
		{"Registration deadline extended to 3 March 2025.", "2025-03-03 end"},
		{"Ticket desk open starting March 3 through March 7, 2025.", "2025-03-03..2025-03-07 end"},
		// announcements
		{"La prochaine réunion d'information est fixée au 12 mars 2025.", "2025-03-12 upcoming"},
		{"Le nouveau site sera mis en ligne courant mars 2025.", "2025-03-31 upcoming"},
		{"Le résultat sera publié le 3 mars 2025.", "2025-03-03 upcoming"},
		{"La 5e édition du forum se déroule le 12 avril 2025.", "2025-04-12 upcoming"},
		{"Nous vous attendons le samedi 12 avril 2025 pour l'inauguration.", "2025-04-12 upcoming"},
		{"Lancement prévu au printemps 2025.", "2025-06-21 upcoming"},
		{"The next meeting is on 12 March 2025.", "2025-03-12 upcoming"},
		{"The spring fair is set for 12 April 2025.", "2025-04-12 upcoming"},
		{"We look forward to seeing you on 12 April 2025.", "2025-04-12 upcoming"},
		{"The new portal goes live on 12 April 2025.", "2025-04-12 upcoming"},
		{"La nouvelle boutique ouvrira le 3 mars 2025.", "2025-03-03 upcoming"},
		{"L'assemblée générale aura lieu le 12 mars 2025 à 18 h.", "2025-03-12 upcoming"},
		{"Le prochain atelier se tiendra le mardi 12 mars 2024.", "2024-03-12 upcoming"},
		{"L'application sera disponible en mars 2025.", "2025-03-31 upcoming"},
		{"La 5G sera disponible en 2024.", "2024-12-31 upcoming"},
		{"Prochaine mise à jour : avril 2025", "2025-04-30 upcoming"},
		{"Le magasin sera fermé le 1er mai 2025.", "2025-05-01 end"},
		{"Une coupure est prévue le 14 avril 2025.", "2025-04-14 upcoming"},
		{"Rendez-vous le 5 mai 2025 à Lyon.", "2025-05-05 upcoming"},
		{"Le tarif passera à 12 € au 1er mars 2025.", "2025-03-01 upcoming"},
		{"Le 14 avril 2025, le service sera interrompu de 2 h à 4 h.", "2025-04-14 upcoming"},
		{"Les travaux commenceront au printemps 2025.", "2025-06-21 upcoming"},
		{"The new shop will open on 3 March 2025.", "2025-03-03 upcoming"},
		{"The annual meeting will be held on March 12, 2025.", "2025-03-12 upcoming"},
		{"Coming in March 2025: dark mode.", "2025-03-31 upcoming"},
		{"We will launch the feature in summer 2025.", "2025-09-22 upcoming"},
		{"Upcoming webinar: 12 March 2025", "2025-03-12 upcoming"},
		{"Maintenance is scheduled for 14 April 2025.", "2025-04-14 upcoming"},
		{"Join us on 5 May 2025 in Leeds.", "2025-05-05 upcoming"},
		{"The workshop takes place on 5 May 2025.", "2025-05-05 upcoming"},
		{"The office will be closed on 1 May 2025.", "2025-05-01 upcoming"},
		{"It will be available in 2024.", "2024-12-31 upcoming"},
		{"The API will be switched off in late 2024.", "2024-12-31 upcoming"},
		// beginnings
		{"À compter du 1er janvier 2024, le tarif sera de 10 €.", "2024-01-01 start"},
		{"À partir du 1er mars 2025, le service est ouvert à tous.", "2025-03-01 start"},
		{"Dès le 3 mars 2025, vous pourrez payer en ligne.", "2025-03-03 start"},
		{"Applicable au 1er janvier 2023.", "2023-01-01 start"},
		{"Le règlement entrera en vigueur le 25 mai 2018.", "2018-05-25 start"},
		{"From 1 January 2024, the fee is €10.", "2024-01-01 start"},
		{"Starting on 1 March 2025, all plans include 5G.", "2025-03-01 start"},
		{"Effective 1 March 2025, refunds take 5 days.", "2025-03-01 start"},
		{"With effect from 1 March 2025 the fee is €3.", "2025-03-01 start"},
		{"Contracts signed on or after 1 July 2024 include the box.", "2024-07-01 start"},
		{"Le service n'est pas accessible avant le 3 mars 2025.", "2025-03-03 none"},
		{"Not before 3 March 2025.", "2025-03-03 start"},
		// states of a day
		{"Prix au 1er janvier 2023.", "2023-01-01 as of"},
		{"Tarifs en vigueur au 1er janvier 2023, toutes taxes comprises.", "2023-01-01 start"},
		{"Dernière mise à jour : 12 mars 2022", "2022-03-12 as of"},
		{"Page mise à jour le 12 mars 2022.", "2022-03-12 as of"},
		{"Informations à jour au 3 mai 2023.", "2023-05-03 as of"},
		{"État au 31/12/2022 : 312 agences.", "2022-12-31 as of"},
		{"As of 1 January 2023, we have 312 shops.", "2023-01-01 as of"},
		{"Last updated: March 12, 2022", "2022-03-12 as of"},
		{"Prices correct as of 12 March 2022.", "2022-03-12 as of"},
		// history, laws, authors
		{"Depuis le 1er janvier 2016, les modalités d'accès ont changé.", "2016-01-01 history"},
		{"Depuis mars 2014, la CNIL a le pouvoir de procéder à des contrôles.", "2014-03-31 history"},
		{"La loi du 6 janvier 1978 modifiée protège les données.", "1978-01-06 history"},
		{"Le Règlement (UE) 2016/679 du Parlement européen et du Conseil du 27 avril 2016 relatif à la protection des personnes.", "2016-04-27 history"},
		{"Décret n° 2013-1305 du 27 décembre 2013 relatif à la base de données.", "2013-12-27 history"},
		{"Délibération n° 2017-012 du 19 janvier 2017", "2017-01-19 history"},
		{"Les données concernant un compte clôturé avant le 9 juillet 2011 ne figurent plus.", "2011-07-09 history"},
		{"Les formalités préalables accomplies auprès de la CNIL avant le 25 mai 2018.", "2018-05-25 history"},
		{"Les contrats conclus avant le 1er janvier 2023 restent soumis à l'ancien tarif.", "2023-01-01 history"},
		{"Pour les contrats souscrits entre le 1er janvier et le 31 décembre 2024, le prix est conservé.", "2024-01-01..2024-12-31 history"},
		{"L'offre était valable jusqu'au 31 mars 2025.", "2025-03-31 history"},
		{"Jusqu'en 2018, il fallait déclarer les fichiers.", "2018-12-31 history"},
		{"La loi a été publiée au Journal officiel le 21 juin 2018.", "2018-06-21 none"},
		{"Le bouclier avait été annulé par la Cour le 16 juillet 2020.", "2020-07-16 none"},
		{"L'association, fondée en 1998, compte 300 membres.", "1998-12-31 history"},
		{"Publié le 3 mars 2024 par Anne Martin", "2024-03-03 history"},
		{"© 2019-2023 Ondavelle, tous droits réservés", "2019-01-01..2023-12-31 history"},
		{"Copyright 2021 Ondavelle SA", "2021-12-31 history"},
		{"L'offre s'est terminée le 31 mars 2025.", "2025-03-31 history"},
		{"Toutes les cartes remises depuis 2021 fonctionnent en 5G.", "2021-12-31 history"},
		{"Since 1 January 2026, cheques are no longer accepted.", "2026-01-01 history"},
		{"Regulation (EU) 2016/679 of 27 April 2016 applies.", "2016-04-27 history"},
		{"The offer ended on 31 March 2025.", "2025-03-31 history"},
		{"This offer was valid until 31 March 2025.", "2025-03-31 history"},
		{"Contracts signed before 1 January 2023 keep the old price.", "2023-01-01 history"},
		{"Phones bought before 1 March 2022 are not covered.", "2022-03-01 history"},
		{"Published 3 March 2024 by Ann Martin", "2024-03-03 history"},
		{"In 2019 we opened our first shop.", "2019-12-31 none"},
		{"Until 2019 the fee was €5.", "2019-12-31 history"},
		{"The service ran until 31 March 2020.", "2020-03-31 history"},
		{"Vehicles registered before 2011 need a sticker.", "2011-12-31 history"},
		{"Il a dirigé l'entreprise de 2010 à 2015.", "2010-01-01..2015-12-31 none"},
		{"La campagne s'est tenue du 3 au 7 mars 2024.", "2024-03-03..2024-03-07 history"},
		{"Le livre est paru le 3 mars 2024.", "2024-03-03 history"},
		{"Du 1er janvier au 31 décembre 2024, le chiffre d'affaires atteint 3 M€.", "2024-01-01..2024-12-31 none"},
		{"Exercice du 1er avril 2024 au 31 mars 2025", "2024-04-01..2025-03-31 none"},
		{"La piscine a rouvert le 3 mars 2025.", "2025-03-03 none"},
		{"Le vestiaire est ouvert depuis le 3 mars 2025.", "2025-03-03 history"},
		{"The survey was conducted from 3 to 7 March 2024.", "2024-03-03..2024-03-07 history"},
		{"From 3 March 2025 onwards the desk is on the first floor.", "2025-03-03 start"},
		// what returns
		{"Les inscriptions sont ouvertes chaque année jusqu'au 31 mars.", "--03-31 recurring"},
		{"Every March 31 the accounts are closed.", "--03-31 recurring"},
		{"Registration is open every year until 15 June.", "--06-15 recurring"},
		{"Tous les ans, la fête aura lieu le 21 juin.", "--06-21 recurring"},
		// without a year
		{"Offre valable jusqu'au 31 mars.", "--03-31 end"},
		{"Register before 15 June.", "--06-15 end"},
		{"Rendez-vous le 5 mai.", "--05-05 upcoming"},
		{"Soldes du 8 janvier au 4 février.", "--02-04 none"},
		// no date at all
		{"Le prix est de 2025 €.", ""},
		{"2024 clients ont répondu.", ""},
		{"Article 2016/679 et loi n° 78-17.", ""},
		{"You may 3 times try again.", ""},
		{"Appelez le 01.99.00.40.10 de 8 h à 20 h.", ""},
		{"Version 2.3.1 du 12", ""},
		{"They march 5 abreast.", "--03-05 none"},
		{"We are closed 24 December 2024 to 2 January 2025.", "2024-12-24..2025-01-02 end"},
		{"Le tarif passe de 10 à 12 € le 1er mars 2025.", "2025-03-01 none"},
		{"Sale: March 3 to 5, 2025", "2025-03-03..2025-03-05 end"},
		{"Rue du 8 mai 1945", "1945-05-08 none"},
		// several
		{"Jusqu'au 31 mars 2025 : 19,99 €. À partir du 1er avril 2025 : 24,99 €.", "2025-03-31 end; 2025-04-01 start"},
		{"De 2024-01-01 à 2024-06-30 le prix est réduit.", "2024-01-01..2024-06-30 end"},
		{"Offer open from 1 March 2025 until 30 April 2025.", "2025-03-01..2025-04-30 end"},
		{"Année scolaire 2024-2025", "2024-01-01..2025-12-31 none"},
	} {
		if got := told(Read(c.text, Options{Locale: "fr"})); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
