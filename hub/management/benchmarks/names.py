"""What names of invented people are made of; many of them are easily mistaken for another."""

_GIVEN = """
Maria Anna Paul Claire Luc Marie Daniel Emma Lena Max Jan Sophie Julia David Laura Thomas Eva
Michael Sara Peter Lea Martin Nora Simon Alice Felix Paula José Ines Hugo Léa Jonas Nina Andreas
Chloé Oliver Elena Mario Camille Leon Helena Zoé Tom Ana Mia Clara Lukas René Carla Noah Tim Ida
Jean Renée Karl Karla Daniela Christian Christina Marc Martina Marina Mariana Julian Juliana
Julien Alexander Alexandra Sandra Nicolas Nicola Nicole Andrea André Gabriel Gabriela Michel
Michelle Dominik Dominique Frédéric Frederica Robert Roberta Francesco Francesca Antonio Antonia
Luca Lucia Carlo Carlos Pablo Sofía Sofie Stefan Stéphane Stefanie Björn Jürgen Søren Åsa Zoë
Siân Seán Niamh Aoife Małgorzata Łukasz Şule Çağla Øystein Ångela Ella Elsa Lisa Luisa Louise Lina
Lara Dana Diana Joana Johanna Hanna Hannah Anne Anton Antoine Arthur Victor Victoria Valentin
Valentina Viktor Emil Emilia Emily Emilie Eric Erica Erik Erika Philip Philippa Benjamin Samuel
Samira Omar Fatima Yusuf Aylin Mehmet Ayşe Wei Mei Hiro Yuki Priya Arjun Ravi Olga Igor Ivan Ivana
Irina Katrin Karin Karina Kerstin Kirsten Birgit Britta Günter Walter Werner Heinz Helga Ingrid
Astrid Torsten Jörg Sven Svenja Finn Fiona Rosa Rosalie Rose Iris Violet Jasmin Grace Hope Joy
Kevin Justin Jason Mason Logan Aaron Adam Alan Albert Alfred Amelia Amélie Aurélie Aurelia Bastien
Beatrice Béatrice Bernard Bernadette Caroline Carolina Catherine Cécile Charles Charlotte Colette
Damien Denis Denise Edgar Edith Edouard Eleanor Élodie Esteban Estelle Eugène Fabien Fabienne
"""
_COMMON = """
Smith Johnson Miller Davis Wilson Moore Taylor Martin Bernard Dubois Thomas Robert Richard Petit
Durand Leroy Moreau Simon Laurent Lefèvre Michel García Rodríguez González Fernández López
Martínez Sánchez Pérez Gómez Ruiz Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker
Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger
Hofmann Hartmann Lange Werner Krause Lehmann Köhler Maier König Huber Kaiser Fuchs Peters Lang
Scholz Möller Weiß Jung Hahn Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz
Baumann Franke Albrecht Ludwig Winter Simon Kraus Schumacher Vogt Stein Jäger Otto Sommer Groß
Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch
Bergmann Voigt Sauer Arnold Wolff Pfeiffer
"""
GIVEN: tuple[str, ...] = tuple(dict.fromkeys(_GIVEN.split()))
COMMON: tuple[str, ...] = tuple(dict.fromkeys(_COMMON.split()))
_BEGIN = """
al an ar bar ber bran cal car chan cor da dar del dom du el er fal fer fon gar gil gran hal har
hol jar kal ker lam lan lor mal mar mel mon mor nal nor pal per por quin ran rol sal san ser sol
tal tan tor val van ver vil wal wen wil yar zel
"""
_MIDDLE = """
a ba be bi bo ca ce co da de di do e fa fe go i ka ke la le li lo ma me mi mo na ne ni no o pa pe
ra re ri ro sa se si so ta te ti to va ve vi
"""
_END = """
berg bert ceau chet court dal dez din don dorf eau feld ford gan ger grand hart heim ier illo ini
land lat leau ler let lin man mann mer mont nard ner net nier quet rand rat rell ret rin rot san
scu sen ski son stad stein tel ter teux ton vich vier ville vin witz wood worth zak zin
"""
SYLLABLES = tuple(tuple(part.split()) for part in (_BEGIN, _MIDDLE, _END))
WITHOUT_ACCENTS = str.maketrans(
    "áàâäãåąçćčďéèêëęěğíìîïıłñńňóòôöõőøřśşšßťúùûüůýžźżÁÀÂÄÅÇÉÈÊËÍÎÏŁÑÓÔÖØŚŞŠÚÛÜÝŽ",
    "aaaaaaacccdeeeeeegiiiiilnnnooooooorsssstuuuuuyzzzAAAAACEEEEIIILNOOOOSSSUUUYZ",
)
