"""Given and family names of the families one meets in a British school, to be mixed by chance.

None is an English word, none begins one, and none has fewer than four letters, so that a test which searches
a log or a page for them finds people and nothing else. Pairs that make a famous person were left out.
"""

from __future__ import annotations

from typing import NamedTuple


class Heritage(NamedTuple):
    """`share` is how many in a hundred pupils bear such a name."""

    share: int
    given: tuple[str, ...]
    family: tuple[str, ...]


def _pool(share: int, given: str, family: str) -> Heritage:
    return Heritage(share, tuple(given.split()), tuple(family.split()))


HERITAGES = (
    _pool(
        38,
        "Alfie Amelia Archie Barnaby Benjamin Bethany Callum Chloë Daniel Dominic Eleanor Elliot Elsie "
        "Ethan Evie Finley Freddie Freya Georgina Hannah Harriet Harvey Henry Imogen Jacob Jessica Joshua "
        "Kayleigh Keira Lewis Louie Lucas Maisie Martha Matilda Megan Millie Molly Nathan Oliver Oscar "
        "Phoebe Reuben Riley Rosie Samuel Scarlett Sebastian Sienna Sophie Stanley Tabitha Tyler Zachary "
        "Anaïs",
        "Ackroyd Ainsworth Appleyard Atherton Bagshaw Barraclough Bennett Birtwell Blenkinsop Bracewell "
        "Brearley Cartledge Clitheroe Copthorne Cradock Crowther Dewhurst Duckworth Eccleshall Entwistle "
        "Fairbrother Featherby Gathercole Greenhalgh Harrison Haverstock Hebblethwaite Heptonstall "
        "Hollingsworth Ibbotson Kettlewell Loxley Micklethwaite Mitchell Murgatroyd Nettleton Oldroyd "
        "Ormerod Ottershaw Pickersgill Postlethwaite Ramsbottom Ravenscroft Rigby Satterthwaite "
        "Scholefield Shuttleworth Sowerby Stainforth Sugden Tattersall Thackray Thistlewood Thompson "
        "Titterington Umpleby Uttley Varley Wadsworth Whitaker Widdowson Wigglesworth Wilkinson "
        "Wolstenholme Fairley-Okonkwo Bennett-Rhodes Thompson-Baptiste Sowerby-Lamptey",
    ),
    _pool(
        8,
        "Agnieszka Aleksander Bartosz Gabriela Grzegorz Jakub Kacper Kinga Łukasz Maja Michał Milena "
        "Oliwia Patrycja Piotr Szymon Wiktoria Wojciech Zofia Żaneta",
        "Adamczyk Bąkowicz Cieślak Gołębiak Jóźwiak Kaczmarek Krawczyk Maciąg Mazurek Nowacki Pawlak "
        "Sobczak Szewczyk Walczak Wójcik Woźniak Wróbel Zając Ziółek",
    ),
    _pool(
        10,
        "Aaliyah Abdullah Aisha Areeba Ayaan Danyal Fatima Haider Hamza Hafsa Ibrahim Khadija Laiba "
        "Maryam Mohammed Muhammad Noor-ul-Ain Rayyan Saira Talha Umair Yusuf Zainab Zunaira",
        "Abbasi Akhtar Aslam Bashir Chaudhry Farooq Ghafoor Hussain Iqbal Javed Khalid Mahmood Mirza "
        "Nawaz Kamboh Rafiq Rehman Saddiq Shabbir Siddiqui Tariq Yaqub Zaman",
    ),
    _pool(
        5,
        "Anika Arif Farhana Ishrat Jannat Kamrul Mahfuz Nabila Nusrat Rafsan Samiha Shahriar Sumaiya "
        "Tahmid Tanzila Zubair",
        "Begum Bhuiyan Laskar Hoque Miah Mollah Sarkar Shikder Talukdar Uddin Ullah Zahan",
    ),
    _pool(
        7,
        "Adaeze Ayodele Chiamaka Chidi Damilola Ebunoluwa Efosa Folasade Ifeoma Kelechi Ngozi Obinna "
        "Oluwaseun Olúwatóbi Temitope Tobenna Uchenna Zikora",
        "Adebisi Afolabi Akinwande Babatunde Chukwuma Ekwueme Eze-Nwosu Ibekwe Nnamdi Obaseki Odukoya "
        "Ogunleye Okafor Olawale Onyekachi Oyelaran Uzoma",
    ),
    _pool(
        5,
        "Aoife Caoimhe Cillian Ciarán Darragh Eimear Fionn Gráinne Niamh Oisín Pádraig Róisín Saoirse Séamus",
        "O’Malley O'Dowd O'Shaughnessy Ó'Ceallaigh MacGiolla McAteer McGuinness McNulty Brannigan Cassidy "
        "Donoghue Gallagher Geraghty Rafferty Tierney",
    ),
    _pool(
        4,
        "Bronwen Carys Dafydd Eirlys Elin-Mair Emrys Gethin Gwenllian Iestyn Llewelyn Macsen Nerys Osian "
        "Siân Tegwen Tomos",
        "ap-Rhydderch Bevan Cadwaladr Gruffydd Llywelyn Maddox Meredydd Penhallow Prosser Pritchard Tudur "
        "Vaughan",
    ),
    _pool(
        5,
        "Andrei Bogdan Cătălina Cosmin Denisa Florin Ioana Mădălina Mihai Ruxandra Ștefan Teodora Țvetan "
        "Vlăduț",
        "Albescu Bălan Ciobanu Constantinescu Dumitrașcu Ghiță Ionescu Lăcătuș Munteanu Păunescu "
        "Popa-Rusu Stănescu Țepeș Ungureanu",
    ),
    _pool(
        4,
        "Chun-Kit Haoran Hiu-Ching Jiaxin Junhao Ka-Wing Mei-Lin Ruoxi Siu-Fung Tsz-Yan Xinyi Yichen "
        "Yutong Zihan",
        "Cheung Fong-Lau Huang Kwok Leung Ouyang Szeto Tsang Tseung Xiong Yeung Zheng",
    ),
    _pool(
        4,
        "Amani Bashar Dalia Faisal Ghassan Hisham Jumana Karim Leila Lubna Mustafa Nizar Rania Salma "
        "Tarek Yasmin",
        "Abdelrahman Al-Bayati Al-Khouri Al-Najjar Barakat Darwish El-Masri Haddad Mansour Nasser Qasim "
        "Sabbagh Shaheen Kassab",
    ),
    _pool(
        5,
        "Amrit Anoushka Arjun Diya-Rani Gurleen Hardeep Ishaan Jaspreet Kavya Kiran Mandeep Nikhil "
        "Parveen Rohan Simran Tanvi Vihaan",
        "Bhandal Chauhan Dhaliwal Gandhiwala Grewal Jhaveri Bhogal Mahajan Nagpal Parmar Patel Rathore "
        "Sandhu Sidhu Solanki Thakkar",
    ),
    _pool(
        3,
        "Abdirahman Ayanle Deeqa Faduma Hodan Ifrah Khadra Liban Mahad Sahra Yahye",
        "Abshir Duale Guled Hersi Jibril Mohamud Nuur-Cali Osman Warsame",
    ),
    _pool(
        2,
        "Artem Bohdan Daryna Kateryna Maksym Oleksandra Ostap Solomiya Yaryna",
        "Bondarenko Hrytsenko Kovalchuk Lysenko Marchenko Shevchuk Tkachuk Vdovenko",
    ),
)
