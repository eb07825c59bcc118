"""Colloquial wordings: partner, sister, brother, mother, father, daughter, son, best friend. Data only."""

from __future__ import annotations

from memos.grammar.colloquial.form import Colloquial, lines

FAMILY: dict[str, Colloquial] = {
    "partner": Colloquial(
        asked=lines("""
            who am i dating these days?
            Anniversary card time. Who is it addressed to?
            whose name do I write on the valentine?
            who did i marry lol
            my wifes name??
            hubby's name again?
            What's my girlfriend called, can you check?
            boyfriend name pls
            Who do I wake up next to every morning?
            I need a plus one on the guest list, it's my spouse. Name?
            The form wants "name of spouse". What goes there?
            remind me what the love of my life is called
            Who's the lucky person wearing my ring?
            who did i say i'm going out with
            Am I seeing somebody, and if so who?
            who's my special human, romantically speaking?
            tell me the name of the person i'm engaged to
            Which name belongs to my fiancée?
            my fiance is who again
            Who is my significant other?
            Do you have my husband's name written down?
            u remember who my gf is?
            and my bf is called...?
            What do you have on file as the name of my spouse?
            Who do I celebrate my wedding anniversary with?
            Emergency contact should be my lawfully wedded whatever. Who's that?
            I mentioned the missus before. What was her name?
            the old man I'm wed to, what's he called?
            who's my sweetheart
            Booking a table for two, me and my date for life. What name do I give?
            With whom did I exchange vows?
            Who said yes when I proposed?
            who do i kiss goodnight, the one i'm in love with?
            name of the person i'm living with as a couple?
            Fill in my marital partner's name for me please, which is?
            Who would I buy a romantic gift for?
            my long-term relationship is with whom?
            I'm blanking on how I introduced my wife to you. Her name?
            Who's my SO
            Quick test: the person I fell in love with and stayed with is called?
            Wedding speech draft: "I love you, ___". Which name goes in the gap?
            whats my partners first name agian
            Could you look up who I'm in a civil partnership with?
            who's the one I call honey at home?
            Who did I walk down the aisle with?
        """),
        asked_of=lines("""
            who is {s} dating?
            Who's {s} married to these days?
            is {s} seeing anyone? who?
            {s} has a spouse, right? What's the name?
            who did {s} end up marrying
            What is the other person in {s}'s marriage called?
            Writing a wedding card to {s} and who else?
            whats the name of {s}'s husband
            {s}'s wife, what was she called?
            {s}'s girlfriend is named what?
            boyfriend of {s}??
            Who did {s} get engaged to?
            Who's the significant other of {s}?
            I want to invite {s} and their partner for dinner. Who is the partner?
            Who goes home to {s} every night as a couple?
            remind me who {s} is together with
            Any idea who {s} fell in love with?
            {s} is bringing their plus one, the spouse. What name goes on the place card?
            Who wears the matching wedding ring to {s}'s?
            who's going out with {s} at the moment?
            The love of {s}'s life is who?
            Who calls {s} "darling" at home?
            I met {s} and their fiancé. How's the fiancé called again?
            who said "I do" to {s}?
            Who does {s} live with as a couple?
        """),
        told=lines("""
            I'm dating {x} now
            Got engaged last night! {x} said yes!
            me and {x} are officially a couple
            {x} and I have been married for nine years
            {x} is my wife, we met at uni
            My hubby {x} does all the cooking
            the missus, {x}, is away till Friday
            I've got a girlfriend now. Her name's {x}.
            i have a new boyfriend, hes called {x}
            My fiancé {x} and I are planning the wedding
            I'm seeing someone. {x}, since you ask.
            Been with {x} since school and still in love
            I'm head over heels for {x}, we just moved in together
            We got divorced. I'm with {x} now.
            Not single anymore: {x} and I made it official
            {x} proposed and I said yes
            For the form: spouse, {x}
            husband = {x}
            Wife's called {x}, please note it
            wedding's done, I'm now {x}'s husband
            wedding went great, I'm {x}'s wife now!
            The love of my life is {x}
            I live together with my boyfriend {x} in a tiny flat
            My significant other is named {x}
            my SO is {x} btw
            {x} and I said our vows in June
            Our wedding anniversary is coming up, so I need a present for {x}, my spouse
            I fell in love with {x} at work and now we're married
            going on holiday with my girlfriend {x}
            It's our tenth anniversary, {x} and me, still happily married
            I finally asked {x} out and we're together now
            I wear the ring {x} gave me when we got married
            My ex is history. The one I'm with these days is {x}.
            My sweetheart is called {x}
            The person I kiss goodnight is {x}
            i married {x} in a registry office, no guests
            {x} and I entered into a civil partnership
            I've been going steady with {x} for a year
            {x}. That's who I'm married to.
            My man {x} snores like a tractor
            my lady {x} is the romantic one in our relationship
            You can put down {x} as my lawful spouse
            Valentine's is all planned: dinner with my love, {x}
            Yesterday was date night with {x}, my wife
            I have somebody special, romantically I mean, and it's {x}
            {x} finally moved in. Living with your boyfriend takes some getting used to.
            So, there's this wonderful person I'm in a relationship with, {x}, and we just bought a sofa
            Emergency contact: my husband {x}
            My other marriage ended years ago; now {x} is my wife
            she's called {x}, the woman I'm engaged to
        """),
        told_of=lines("""
            {s} is dating {x}
            {s} just got engaged to {x}
            {s} and {x} are a couple now
            {s} married {x} last summer
            {x} is the person {s} is married to
            {s}'s wife is called {x}
            {s}'s hubby is {x}
            did you hear, {s} is going out with {x}
            {s} has a new girlfriend. Her name is {x}.
            {s}'s boyfriend goes by {x}
            The love of {s}'s life is {x}
            {s} fell for {x} and they moved in together
            {s}'s other relationship is over, {x} is the partner now
            {x} said yes when {s} proposed
            {s} introduced me to their spouse, {x}
            {s} is together with {x}, has been for years
            For the place cards: {s} and their husband {x}
            {x}, that's who {s} is in love and living with
            {s}'s fiancée {x} is lovely
            at the wedding {s} said "I do" to {x}
            {s} and {x} celebrate their wedding anniversary soon
            I met {s}'s significant other. The name was {x}.
            {s} split up with the ex and is with {x} these days
            Turns out {x} is married to {s}
            {s} is {x}'s husband
        """),
    ),
    "sister": Colloquial(
        asked=lines("""
            sis's name?
            whats my sis called
            my sisters name again??
            Who's the girl I fought with over the bathroom as kids, my sibling?
            What did my parents name their other daughter?
            I have a female sibling. Name?
            my big sister is called...?
            Little sis, what's her name in your notes?
            Who is my twin sister?
            do you still know what my kid sister's called?
            Need to tag my sister in a photo. Who do I tag?
            Birthday card for my sis. "Dear ..." who?
            Remind me which name my sibling has, the girl.
            who's my mum and dad's other girl
            I told you about my sister the other day. What name did I use?
            Name of sister, for the family tree please
            The family form asks for sisters. What do I put?
            Who used to borrow my clothes when we were girls, my own sister I mean?
            how's my older sister named
            younger sister: name?
            who is the aunt of my kids on my side, my own sister?
            Who will be my maid of honour? It's my sister, but what's the name?
            hey what was my sister caled
            Give me the first name of my sister, please.
            My parents had two kids, me and a girl. What's she called?
            sister's in town, what do we call her again lol
            Sorry, brain fog: my own sister's name?
            Which woman shares both parents with me?
            You know my sister? Then spell her name for me.
            look up sister in my contacts, whats it say
            Who am I texting when I write "love you sis"?
            i forgot how i said my sis is named
            What have you stored as the name of my sister?
            the one daughter in our house besides me, who is that
            Please complete: my sister ____.
            Siblings, female: who?
            Who's my half-sister?
            Let's see if you listened. My sister is...?
            I'm the little brother. Of whom, what's my sister called?
            i'm making a playlist for my sister, title it with her name. which is?
            Under siblings I should list one sister, with what name?
            Could you tell me who my sister is? I'm writing the guest list.
            So who's the sister I keep going on about?
            Who do I call sis?
            whos my sister, the one who phones every sunday
        """),
        asked_of=lines("""
            does {s} have a sister? what's her name
            {s}'s sis is called what?
            what did {s}'s parents call their other girl?
            Who's the sister of {s}?
            who is {s}'s big sister
            {s}'s little sister, name?
            The twin sister of {s}, who's that?
            remind me how {s}'s sister is called
            Who is the female sibling of {s}?
            Who is the girl in {s}'s family, the sibling?
            I met {s}'s sister yesterday. What was she called?
            whats the name of {s}s sister
            Which woman has the same mum and dad as {s}?
            {s} brought a sister along. Who was it?
            Who does {s} call "sis"?
            kid sister of {s}, whats she called again
            I should invite {s} and their sister. How do I write the sister's name?
            Got anything on {s}'s older sister? Just the name.
            Under siblings of {s} it should list a sister. Who?
            Who's that sister {s} is always talking about?
            {s} and who else are the two sisters?
            Can you look up what {s}'s sister's name is?
            {s} has one sister, yeah? called?
            And the sister of {s}, how do I address her by name?
            My notes say {s} has a younger sister. Name please.
        """),
        told=lines("""
            my sis is {x}
            sister: {x}
            {x} is my big sister
            My kid sister {x} just turned sixteen
            I've got one sister. She's called {x}.
            {x} and I are sisters
            {x}'s my twin sister, we look nothing alike
            My older sister, {x}, always bossed me around
            im the brother of a girl called {x}, shes two years older
            {x} is the older of us two sisters, I'm the younger one
            I'm visiting my sister this weekend. {x} has a spare room.
            The other daughter of my parents is {x}
            Mum and dad had two girls: me and {x}
            there are two of us, me and my sister {x}
            My only female sibling is {x}
            {x} used to steal my clothes, typical sister
            sis just texted, you know, {x}
            I share both parents with one woman, and that's {x}
            My sister? That'd be {x}.
            Had a fight with {x}. Sisters, eh!
            Lunch with my sister today. {x} is paying!
            just found out I have a half-sister, {x}
            Not a brother, a sister! And she's named {x}.
            My maid of honour is my sister {x}
            {x} (my sister) is coming for dinner
            Please save my sister under the name {x}
            In the family tree, next to me, put my sister {x}
            my sister changed her name, it's {x} these days
            I have to pick up my little sister {x} from practice
            my baby sister's called {x}, she's thirty now but still
            It's my sister's birthday tomorrow and {x} hates surprises
            My sister runs a bakery. {x} makes the best bread.
            Oh that girl in the photo? {x}, my sister.
            As kids my sister {x} and I had bunk beds
            i miss my sister {x} so much
            {x} is the eldest, then me. She's a great sister.
            People think {x} and I are friends but we're sisters
            my mum's other girl is {x}, so yeah, my sister
            Say I have a sibling, female, name of {x}
            No brothers, just the one sister: {x}
            Emergency contact is my sister, {x}
            the sister I keep mentioning is {x}
            Fyi my sisters name is spelled {x}
            When I was three my sister came along. My parents named her {x}.
            {x} became an aunt when I had my first, best sister ever
            Staying at {x}'s for the week, she's my sister
            My big sis {x} taught me to drive
            One sibling only, my sister {x}, and she lives abroad
            The aunt my kids adore is my own sister {x}
            You got it wrong, my sister is not called that. It's {x}.
        """),
        told_of=lines("""
            {s} has a sister, {x}
            {s}'s sis is {x}
            {x} is {s}'s big sister
            {s}'s little sister is named {x}
            {s} and {x} are sisters
            {s}'s twin is a girl, {x}, and the two sisters are inseparable
            As a kid {s} had to keep up with one sister, {x}
            {s} has one sibling. It's a sister called {x}.
            I met the sister of {s}, {x}, at the party
            sister of {s}: {x}
            Apparently {x} is the older sister of {s}
            {s} is {x}'s little sister
            The parents of {s} have another daughter, {x}
            {s} lives with their sister {x}
            {s} always talks about their sister. She's called {x}.
            {x} babysits sometimes, that's {s}'s kid sister
            Correction: {s}'s sister is {x}
            {s} brought their sister along. {x} is funny.
            {s}'s twin sister goes by {x}
            {s} calls {x} "sis", they have the same parents
            {s}'s only female sibling is {x}
            I just learned {s} has a half-sister named {x}
            The woman with {s} in the photo is their sister {x}
            {s}'s younger sister {x} studies abroad
            {s} had a row with {x}, sisters fight sometimes
        """),
    ),
    "brother": Colloquial(
        asked=lines("""
            bro's name?
            what's my brother called agian
            my brothers name pls
            Who's the lad my parents had besides me?
            I've a male sibling somewhere. Called?
            which name does my big brother have in your notes
            Little bro, what's he called?
            who's my twin brother
            Who did I wrestle with on the carpet as a kid, my sibling?
            Remind me of my kid brother's name.
            whats my older brother named
            younger brother: who?
            I need the name of my brother for a visa form.
            My brother's getting married, whose name goes on the card from my side of the family?
            Who's the uncle of my children, the one who is my own brother?
            What did mum and dad name their other son?
            The best man will be my brother. Fill in the name?
            Siblings, male: name them. There's just one.
            do you happen to have my bro's name
            my bro, what did I say he was called
            Who broke my toys when we were small? My brother, but the name?
            I owe my brother money. Make the transfer out to who?
            brother = ?
            How is my brother named, if I may ask?
            Please tell me which man has the same two parents as I do.
            Ok quiz: how's my brother called?
            I've told you who my brother is. So who is it?
            Who do I mean by "bro" when I say he's family, same mum and dad?
            I'm writing to my brother. Dear who?
            tell me my brothers first name
            Name the boy in my family who is my sibling.
            whos my half brother
            Under "brother" in my contacts you find who?
            my parents' other boy, whats his name
            What's the name I gave for my brother?
            Which name should be on the present for my brother?
            Who is my sibling, the guy?
            Mum has two sons, me and...?
            in the family chart, what goes in the box for my brother
            I'm someone's little sister. Whose? I mean my brother's name.
            who's that brother of mine again
            Picking up my brother at the station, I need a name for the sign!
            Did I ever mention a brother? By what name?
            Could you spell out my brother's name?
            its my brothers birthday, who do i congratulate
        """),
        asked_of=lines("""
            has {s} got a brother? who is he
            {s}'s bro is called?
            what's {s}'s brother's name again
            Who's the older brother of {s}?
            {s}'s kid brother, how's he named?
            The twin brother of {s} is who?
            which guy is {s}'s sibling
            Who did {s} say their brother was?
            whats the brother of {s} called
            The other son in {s}'s family, what's his name?
            Mum of {s} had another boy. Who?
            {s} lives with a brother. Name?
            Met {s} and their brother at the pub. What was the brother called?
            Who's {s}'s little bro?
            Any record of the name of {s}'s brother?
            name of {s}s big brother pls
            Do you recall who {s}'s half-brother is?
            Which man shares both parents with {s}?
            {s} and which other guy are the two brothers?
            I need {s}'s brother for the guest list, how do I write the name?
            {s} never shuts up about that brother of theirs. Who is it?
            the male sibling of {s} goes by what
            who's the uncle to {s}'s kids, the one who is their own brother?
            Siblings of {s}: one brother, called what?
            my notes say {s} has a younger brother, whats the name
        """),
        told=lines("""
            my bro is {x}
            brother: {x}
            {x} is my big brother and my hero
            My kid brother {x} broke his arm
            i've one brother, he's called {x}
            {x} and I are brothers
            My twin brother is {x}, ten minutes older than me
            I'm a little sister, and the brother is {x}
            {x} is the older brother, im the younger
            Bro's name is {x}, since you asked
            My parents' other son is {x}
            Mum had two boys, {x} and me
            My only male sibling goes by {x}
            The best man at my wedding was my brother {x}
            {x} and I fought like cats and dogs, as brothers do
            Older brother, {x}. Younger ones, none.
            Watching the match with my brother. {x} brought snacks.
            My brother joined the navy, {x} is off next month
            {x} (my brother) will fix the car
            My half-brother's called {x}
            Just call him {x}, he's my brother
            There's me, and there's my brother {x}, and that's all the kids
            I never had a sister, only a brother, {x}
            The uncle my kids love is my brother {x}
            Correction, my brother's name is {x}
            Note for the family tree: brother {x}
            my brother changed his name and is {x} now
            i share a flat with my brother {x}, its chaos
            That tall guy in the picture is {x}, my brother
            When I was five I got a brother, and my parents called him {x}
            {x} is what my brother is named
            Picked up my little bro {x} from school
            It's {x}'s birthday, my brother is turning forty
            My brother lives up north. {x} has three cats and no furniture.
            As for siblings: one brother, {x}
            same mum, same dad, different haircut: my brother {x}
            Same parents, yes, {x} is my brother
            Please put my brother {x} down as a contact
            brother's getting married! {x} finally did it!
            I lent my brother {x} some money
            {x}, he's my brother, works nights at the hospital
            My big bro {x} taught me chess
            I look just like my brother {x}
            People ask if {x} is my cousin, but no, he's my brother
            The guy who always teased me at home was my brother {x}
            My baby brother {x} is taller than me now
            The brother I go on about is {x}
            I only have one brother. You spell it {x}.
            Phoned my brother last night; {x} says the weather's awful
            my bros called {x} dont forget
        """),
        told_of=lines("""
            {s} has a brother and he's called {x}
            {s}'s bro is {x}
            {x} is {s}'s older brother
            {s}'s little brother is {x}
            {s} and {x} are brothers
            {x} is a brother of {s}, the only one
            {x} is the boy in {s}'s family, the older brother
            {s} can always count on big bro {x}
            brother of {s}: {x}
            {s} has one male sibling, named {x}
            The other boy in {s}'s family is {x}, the brother
            {s} shares a flat with their brother {x}
            I ran into the brother of {s}. His name is {x}.
            {s}'s twin brother is named {x}
            {s} told me their brother is called {x}
            No wait, {s}'s brother is {x}
            {s}'s half-brother goes by {x}
            {x} came too, he's {s}'s brother
            {s} came with a brother. {x} is a good laugh.
            {s} has the same mum and dad as {x}, he's the brother
            The tall guy next to {s} is {x}, their brother
            {s} borrowed money from their big brother {x}
            {x}'s the best man because he's {s}'s brother
            {s}'s brother is getting married, {x} I mean
            {s} keeps quoting their wise brother {x}
        """),
    ),
    "mother": Colloquial(
        asked=lines("""
            mums name?
            what's mum actually called
            my mom's first name again?
            who's my mommy lol
            Security question: mother's first name. What is it?
            Who raised me, I mean the woman I call mum?
            whats my mam called
            Who is my dad's wife, the woman who had me?
            I'm in her belly in that old photo. Who is she?
            The form says "maternal parent". What do I enter?
            Mother's Day card: what's her real name, not just Mum?
            Give me mum's given name please
            name of my ma
            Who is grandma to my kids, on my side, my own mother?
            how's my mama called
            Who carried me for nine months?
            dear old mum, what is she called on paper?
            I've always just said mum. What's her actual name?
            what name did i tell you for my mom
            Who's the lady that nagged me about homework, my mum?
            do u know my mums name
            my birth mother, what is she called?
            What's my mother's full name in your records?
            Who packed my school lunches? Mum, sure, but by name?
            Remind me who my mother is, formally.
            mother = who
            I'm ordering flowers for mum. Which name goes on the delivery?
            The hospital asks for my mum's name. Which is?
            Which woman am I the kid of?
            Parents' names: start with mum. Who is it?
            The female half of my parents is called?
            mom is named what?
            Who would I be calling when my phone says "Mum"?
            Tell me how my mother is called by her friends, her first name.
            I'm adopted; who's my adoptive mum?
            pls whats the name of my mum i forgot what i saved
            Who did my father have me with?
            Mum's name, mate?
            Could you fetch the name of my mom from what I've told you?
            Next of kin: mother. Name?
            My siblings and I all came from one woman. Who?
            Who's my old lady, as in my mum?
            Who tucked me in at night as a kid? Mum's name I mean.
            my maternal line starts with my mother, named?
            Engraving a bracelet for mom. What name do they engrave?
        """),
        asked_of=lines("""
            what's {s}'s mum called
            {s}'s mom, name?
            who's the mum of {s}
            who raised {s}, the mother I mean
            Who is {s}'s mummy?
            I have to phone the mother of {s}. What's her name?
            Which woman had {s}?
            {s}'s mama is named what?
            How do I address {s}'s mum, by first name?
            {s} came with their mom. What was she called?
            whats {s}s mothers name again
            Whose belly did {s} come out of?
            Maternal parent of {s}, please?
            What's {s}'s ma's name?
            did i tell you what {s}'s mum is called?
            Next of kin for {s}: the mother. Who's that?
            Flowers for {s}'s mum, so which name on the card?
            Who carried {s} for nine months?
            Name the lady who is {s}'s mother.
            {s} always says just "Mum". What's her real name?
            who does {s} send a mother's day card to?
            The adoptive mum of {s} is called?
            Who is grandma to {s}'s kids, being their own mother?
            Of {s}'s parents, who's the mum?
            Do you have {s}'s mother anywhere in your notes?
        """),
        told=lines("""
            mom = {x}
            my mam's called {x}
            {x} is my mum
            {x} raised me, she's my mother
            {x} had me when she was only nineteen
            My mama {x} makes the best soup
            My ma is named {x}
            Mum is {x}, dad you already know
            Mum's visiting. {x} will take the guest room.
            I call her Mum, but her real name is {x}
            Mother's first name for the security question: {x}
            My kids' grandma, my own mum, is {x}
            {x} carried me for nine months, so be nice to her
            I was raised by my mum, {x}
            Send the flowers to my mother {x}
            My mother retired last year. {x} was a teacher.
            I'm the daughter of {x}, she's my mum
            I'm {x}'s son, she's a great mum
            my mom {x} is turning seventy
            {x} is the name on my mum's passport
            My birth mother is {x}
            I was adopted, and my adoptive mum is {x}
            The woman who brought me into the world is {x}
            The lady in the hat is my mother, {x}
            just phoned mum. {x} sends her love
            {x} (mum) is in hospital, nothing serious
            dad's out with my mum {x}
            Next of kin: my mother, {x}
            On the form under mother write {x}
            my mummy is {x}
            {x} used to tuck me in at night, good old mum
            Happy Mother's Day to my mum {x}!
            Maternal parent: {x}
            Mum remarried and is {x} now
            Actually it's spelled {x}, my mum's name I mean
            I look so much like my mother {x}
            i live with my mom, her name is {x}
            My dear mother, {x}, worries too much
            My mom is a nurse and everyone at work calls her {x}
            Dad married {x}, and two years later she had me
            {x} is my mum and my dad's wife
            when i was born, my mum {x} cried for hours
            Before you ask, mum is called {x}
            {x}, she's my mum, taught me to cook
            my old lady, as in mum, is {x}
            I inherited my nose from my mother {x}
            What would I do without mum. {x} never forgets a birthday.
            Of my two parents, {x} is the mum
            Mommy's name? It's {x}.
        """),
        told_of=lines("""
            {s}'s mum is {x}
            {x} is the mum of {s}
            mom of {s}: {x}
            {s} was raised by their mother, {x}
            {x} had {s} at twenty-one
            {s}'s mama is named {x}
            {s} calls her mum, but the name is {x}
            {s} is {x}'s daughter, that's the mum
            {s} is the son of {x}, his mum
            I spoke to {s}'s mother. She's called {x}.
            {s} lives with their mom {x}
            The lady with {s} is {x}, the mother
            {s}'s mam goes by {x}
            {s}'s birth mother is {x}
            {s}'s adoptive mum is called {x}
            Next of kin for {s} is the mother, {x}
            {x} came to pick up {s}, she's the mum
            {s} looks like their mother {x}
            Sorry, {s}'s mum is {x}, I mixed it up
            {s}'s mother retired. {x} gardens all day now.
            {x} brought {s} into the world
            Send flowers to {x}, that's {s}'s mother
            Maternal parent of {s}: {x}
            {s} learned to cook from their mum {x}
            {s}'s mummy is {x}
        """),
    ),
    "father": Colloquial(
        asked=lines("""
            what's my dad actually called
            my pa's name again?
            who's my daddy haha
            Who is my mum's husband, the man who had me?
            Father's Day card. His real name isn't Dad, so what is it?
            Who's my old man?
            name of my papa pls
            Who taught me to ride a bike? Dad, I know, but by name?
            The form says "paternal parent". Which name?
            Give me pop's given name
            Which man am I the kid of?
            how's my father named in your notes
            Who is grandpa to my children, on my side, my own dad?
            I've only ever said Dad. What's his actual name?
            father's full name for the passport office?
            whos my pops
            Who did my mother have me with?
            What have I told you my dad's name is?
            do you have dad's name?
            Parents' names: mum's done. Dad?
            The male one of my parents is called?
            my biological father, whats he called
            Who walked me down the aisle, my dad's name I mean?
            dad is named what
            Who'd be calling if my phone shows "Dad"?
            Next of kin: father. Who?
            I'm adopted. My adoptive dad, what's his name?
            Let me double-check what my father's called.
            The bank needs my father's first name. What is it?
            whose name is on my dad's driving licence
            Remind me who my father is, by first name.
            Who's the man of the house I was raised in, my dad?
            father = who?
            Engraving a watch for dad. Which name?
            My siblings and I all have one dad. Who's that?
            da's name?
            In the family tree, right above me on the dad side, who is there?
            Which name did I use for my dad last time?
            what is my daddys name agian
            Dad's turning sixty, whose name goes on the cake?
            I've got my father's eyes. Whose eyes, then?
            Surely you know how my dad's called?
            Could you dig up my dad's name?
            Who carried me on his shoulders as a kid? Dad, but what's he called?
        """),
        asked_of=lines("""
            what's {s}'s dad called
            {s}'s father, name?
            who's the dad of {s}
            Who is {s}'s daddy?
            {s}'s old man, what's his name?
            Which man had {s} as his kid?
            {s}'s papa is named what
            I need to ring the father of {s}. Who is he?
            whats {s}s dads name again
            Paternal parent of {s}?
            How do I address {s}'s dad, first name I mean?
            {s} turned up with their dad. What was he called?
            {s}'s pops, who's that?
            Who does {s} send a father's day card to?
            {s} only says "Dad". What's the real name?
            Did I mention what {s}'s father is called?
            Next of kin for {s}: the father. Name?
            The male one of {s}'s parents is who?
            biological father of {s}??
            Who's grandpa to {s}'s kids, being their own dad?
            The adoptive dad of {s} is called?
            Of {s}'s parents, who's the dad?
            Who did {s}'s mother have them with?
            {s} gets the temper from their dad. Who is he?
            Anything in your notes about who fathered {s}?
        """),
        told=lines("""
            dad's name is {x}
            dad = {x}
            my da's called {x}
            {x} is my dad
            {x} is my old man
            My pops {x} was a miner
            My papa's {x}
            my father {x} drives a lorry
            Dad is {x}, mum you know already
            I say Dad, though his real name is {x}
            Father's first name, for the bank: {x}
            My kids' grandpa, my own dad, is {x}
            I'm {x}'s son, he's the best dad
            I'm the daughter of {x}, my dad
            {x} taught me to ride a bike, like dads do
            My dad's retired. {x} goes fishing all day now.
            I was brought up by my dad {x}
            I was adopted, my adoptive dad is {x}
            My biological father turned out to be {x}
            My mum married {x}, and then they had me. Great dad.
            The man with the beard is {x}, my father
            {x} (dad) is coming to help with the move
            mum's cooking, and my dad {x} is asleep on the couch
            Next of kin is my father, {x}
            under father on the form write {x}
            Paternal parent: {x}
            Happy Father's Day to my dad {x}!
            I have the same nose as my father {x}
            Correction, dad is spelled {x}
            Just got off the phone with dad. {x} is fine.
            My daddy is {x}
            i live with my dad, he's called {x}
            {x} walked me down the aisle, I was proud of my dad
            {x} fathered me at forty
            Dad's turning sixty, so the cake should say {x}
            My dear father, {x}, never throws anything away
            {x} is my mum's husband and my dad
            Everyone at the workshop calls my dad {x}
            One of my parents is {x}, my dad
            Before I forget, my father's name is {x}
            my pa {x} built this house himself
            {x} used to carry me on his shoulders, he's my dad
            He's grumpy but I love him: {x}, my father
            {x} is what it says on my dad's passport
            when i was born my dad {x} was at sea
            The person I call Dad is {x}
            It was {x}, my dad, who got me into trains
            Dad and I go running together, {x} is faster than me
            My brother and I have the same father, {x}
            my fathers called {x}, put that somewhere safe
        """),
        told_of=lines("""
            {s}'s dad is {x}
            {x} is the dad of {s}
            father of {s}: {x}
            {s} was brought up by their father, {x}
            {s}'s old man is {x}
            {s}'s papa is named {x}
            {s} calls him Dad, his name is {x}
            {s} is {x}'s son, that's the father
            {s} is the daughter of {x}, her dad
            I spoke to {s}'s father. He's called {x}.
            {s} lives with their dad {x}
            The man next to {s} is {x}, the father
            {s}'s pops goes by {x}
            {x} turned out to be {s}'s biological father
            {s}'s adoptive dad is called {x}
            Next of kin for {s} is {x}, the father
            {x} came to collect {s}, he's the dad
            {s} looks like their father {x}
            My mistake, {s}'s dad is {x}
            {s}'s father retired. {x} plays golf all day.
            {x} taught {s} to swim, good dad
            {x} is the one who fathered {s}
            Paternal parent of {s}: {x}
            {s} works for their dad, {x}
            {s}'s daddy is {x}
        """),
    ),
    "daughter": Colloquial(
        asked=lines("""
            whats my daughters name
            my girl, what's she called?
            Who am I a proud mum to, the girl?
            Who calls me dad, my little princess I mean?
            what did we name our girl
            School enrolment form, it's for my daughter. Her name?
            I have a girl at home. How did I say she's called?
            my kid's name, the girl?
            who's my daughter again lol
            Who is my female offspring?
            What does my little one answer when asked her name? She's my daughter.
            My eldest is a girl. Called what?
            the toddler who calls me mummy, she's named?
            who did i bring home from the maternity ward, a girl
            Which young lady is my own flesh and blood?
            Reminder for nursery pickup, I need my daughter's name.
            Whose pigtails do I braid every morning, my kid's I mean?
            For the dentist I have to give my daughter's name. Which is?
            My daughter's teacher wrote. Which pupil is mine?
            name of our lass?
            Her birthday's coming up, my daughter's. What goes on the cake?
            what do you have saved as my daughters name
            Give me the name of the girl I'm raising.
            Tell me what my teenage daughter is called.
            Who's heiress to my estate, my daughter's name that is?
            I became a father to a girl. What is she called?
            I became a mum to a little lady. What's her name?
            Which name did my spouse and I give our daughter?
            my grown-up daughter, how is she named
            you remember my girl right? name?
            Name my daughter, please.
            Kids: one girl. And she's...?
            I'm in the will drafting mood. Daughter's full name?
            Who does the tooth fairy visit at our house, my daughter is called?
            What's our newborn daughter's name, I need to tell gran
            Who makes me a girl dad?
            who's the daughter i keep bragging about
            Who is the granddaughter of my parents, my own kid?
            Did I tell you the name of my daughter? Say it.
            Can't believe I'm asking, but my daughter is called...?
            the daughter i have with my ex, whats her name
            Write "Congrats, ___" for my daughter's graduation. Which name?
            my stepdaughter aside, what's my own daughter called?
            Dependants: a daughter. First name?
        """),
        asked_of=lines("""
            what's {s}'s daughter called
            {s}'s little girl, name?
            what did {s} name their girl
            Who's the daughter of {s}?
            {s} has a kid, a girl. How is she called?
            {s} just had a girl! What's the name?
            which girl belongs to {s}
            who calls {s} mum or dad, the girl?
            {s}'s teenage daughter, who's that again?
            The female offspring of {s} is named?
            I'm babysitting {s}'s daughter. What's her name?
            whats {s}s daughters name
            {s}'s lass, what's she called?
            A gift for {s}'s newborn girl, whose name do I write?
            {s} keeps bragging about a daughter. Who is she?
            {s}'s eldest is a girl, named what?
            How did {s} and their partner name the daughter?
            My kid is in class with the daughter of {s}. What's she called?
            Who is the young lady {s} is raising?
            Did I note the name of {s}'s daughter?
            {s}'s grown-up daughter is who?
            kids of {s}: one girl, called?
            Who does {s} pick up from nursery, the little girl?
            {s} put a photo of their baby up, it's a daughter. Her name?
            the girl {s} has with their ex, name pls
        """),
        told=lines("""
            It's a girl! We called her {x}
            daughter: {x}
            our girl is named {x}
            {x} is my little princess, six years old and already a boss
            My eldest, {x}, is a very clever girl
            I have one kid, a girl called {x}
            {x} was born on Tuesday, our first daughter
            I'm {x}'s mum and she's the sweetest girl
            im {x}'s dad, shes my only girl
            My daughter started school today. {x} was so brave.
            got to pick up my daughter {x} from nursery
            Our newborn daughter is {x}
            I'm a girl dad! {x} arrived this morning.
            The wee lass is called {x}
            My teenage daughter {x} won't get out of bed
            {x} (my daughter) has a fever
            my grown-up daughter {x} just graduated
            Dependants: one daughter, {x}
            For the school form: my daughter is {x}
            {x} is our girl, she's at uni now
            We went for {x} in the end. Our daughter deserves a pretty name.
            I'm a proud father of a girl, {x}
            I gave my daughter the name {x}
            My female offspring is {x}, ha
            no sons, just a daughter, {x}
            I'm raising a daughter on my own, {x}
            Braiding {x}'s hair, she's my daughter and can't sit still
            That girl on stage is {x}, my daughter!
            My daughter and I went camping, {x} loved it
            my kid {x} is a girl and she's five
            Adoption is through! {x} is legally our daughter now.
            She's going by {x} now, my daughter
            The tooth fairy is visiting my daughter {x} tonight
            my daughter plays the harp. you should hear {x}!
            I have a daughter from my first marriage, {x}
            My parents have one granddaughter, my girl {x}
            {x} calls me mummy, she's my little girl
            {x} takes after me, like mother like daughter
            Everything goes to my daughter {x}
            Put {x} on the cake, it's my daughter's birthday
            {x} is what we wrote on our girl's birth form
            I've got a little one at home. She's my daughter, {x}.
            My young lady {x} lost her first tooth, I'm such a proud parent
            my daughters name is {x} in case you need it
            You misheard, my daughter's called {x}
            Yesterday I became a mother. Our little girl is {x}.
            Out of all my treasures, my daughter {x} is the greatest
            we have a toddler, {x}, she is our only daughter
            My daughter just got her driving licence, watch out for {x}
            The kid with the pigtails is mine, my daughter {x}
        """),
        told_of=lines("""
            {s}'s daughter is {x}
            {s} had a girl! They called her {x}
            daughter of {s}: {x}
            {x} is {s}'s little girl
            {s} named their daughter {x}
            {s} has one kid, a girl called {x}
            {s} is {x}'s mum, she's the only girl
            {s} is the dad of a girl named {x}
            I babysat {s}'s daughter. Her name is {x}.
            {s}'s newborn girl is {x}
            {s}'s teenage daughter goes by {x}
            {s} picks up their daughter {x} from nursery at four
            The girl with {s} is {x}, the daughter
            {s} is raising a daughter, {x}
            {x} is in my kid's class, she's {s}'s daughter
            {s}'s eldest is a girl, {x}
            {s} keeps bragging about {x}, that's the daughter
            Correction: {s}'s daughter's called {x}
            {s} adopted a girl, {x}
            {s}'s grown-up daughter {x} is a lawyer
            {s} has no sons, only a daughter, {x}
            {s} and their partner went for {x} for the newborn daughter
            {s}'s daughter graduated. {x} looked so happy!
            {x} is the lass of {s}
            {s} became a parent, the daughter is named {x}
        """),
    ),
    "son": Colloquial(
        asked=lines("""
            my boy, what's he called?
            Who am I a proud dad to, the boy?
            who calls me mum, my little man i mean
            Football club sign-up for my son. His name?
            my kid's name, the boy?
            who's my son again
            Who is my male offspring?
            son: name?
            My firstborn is a boy. Named?
            The little fella who calls me daddy, what's his name?
            Who did we bring home from the maternity ward, our boy?
            Name of our lad?
            Which young man is my own flesh and blood?
            I have to write a sick note for my son. What name goes in?
            Son's birthday cake: what should the icing say?
            I raised one boy. He's called?
            Tell me what my teenage son is called.
            Which name did my wife and I give our son?
            what have you got saved as my sons name
            I became a father to a boy. What did I say his name was?
            Who's the heir, my son's name that is?
            Kids: one boy. And he's...?
            who's the son i won't shut up about
            My grown-up son, how's he named?
            Who is the grandson of my parents, my own kid?
            My son's coach called. Which player is mine?
            the boy i have with my ex, name?
            Who makes me a boy mum?
            Give me my son's first name for the ticket.
            Our newborn son, what's his name? Gran wants to know.
            Which name do I yell when my lad's late for dinner?
            junior's real name?
            Whose muddy boots are these? My son's, so what's he called?
            did i tell you how my sons called
            Dependants: a son. First name please?
            Do you have it written down what my boy's called?
            My son graduates today. "Well done, ___!" Fill the gap.
            hey whats the name of my lil guy, my son
            I've a son, I've told you. Who?
            I'm drawing up a will. My son's name, please.
            My stepson aside, what is my own son called?
            Car seat label for my little boy, what should it say?
            Sorry, sleep-deprived parent here, what's our boy's name?
        """),
        asked_of=lines("""
            what's {s}'s son called
            {s}'s little boy, name?
            what did {s} name their boy
            Who's the son of {s}?
            {s} has a kid, a boy. How's he called?
            {s} just had a boy! The name?
            who calls {s} mum or dad, the lad?
            {s}'s teenage son, who was that?
            The male offspring of {s} is named?
            Looking after {s}'s son tonight. What's his name?
            whats {s}s sons name
            {s}'s lad, how's he called?
            Present for {s}'s newborn boy, which name goes on it?
            {s} won't shut up about a son. Who's he?
            {s}'s firstborn is a boy, named what?
            Which boy on the team belongs to {s}?
            My kid plays with the son of {s}. What's he called?
            Who is the young man {s} raised?
            Have I noted the name of {s}'s son?
            {s}'s grown-up son is who?
            kids of {s}: one boy, called?
            Who does {s} take to football practice, their boy?
            the boy {s} has with their ex, name?
            Who's {s}'s little man, the son?
            Heir of {s}, the son, goes by what?
        """),
        told=lines("""
            It's a boy! {x} is here
            son: {x}
            our boy is named {x}
            {x} is my little man, four and into everything
            My firstborn, {x}, is a lovely boy
            I have one kid, a boy called {x}
            {x} was born at dawn, our first son
            I'm {x}'s dad, he's a cheeky boy
            im {x}'s mum, hes my only boy
            My son made the team! {x} is over the moon.
            got to drop my son {x} at football
            Our newborn son is {x}
            Boy mum here! My lad's {x}.
            The wee lad is called {x}
            My teenage son {x} eats like a horse
            {x} (my son) has the flu
            my grown-up son {x} moved out last week
            Dependants: one son, {x}
            For the club form: my son is {x}
            {x} is our boy, he's in the army now
            We settled on {x} for our son, after lots of arguing
            I'm a proud mother of a boy, {x}
            I gave my son the name {x}
            My male offspring is {x}, haha
            no daughters, just a son, {x}
            I raise my son alone, {x} is a good kid
            {x}'s boots are everywhere, typical for my son
            The goalkeeper is {x}, my son!
            My son and I built a treehouse, {x} did the painting
            my kid {x} is a boy and he's three
            The adoption papers are signed, {x} is our son now
            He's going by {x} these days, my son
            Junior's name is {x}, he's my son
            my son plays the drums. {x} practises at midnight
            I have a son from an earlier marriage, {x}
            My parents have one grandson, my lad {x}
            {x} calls me daddy, he's my little boy
            {x} takes after me, like father like son
            The house goes to my son {x}
            Ice {x} on the cake, it's my son's birthday
            We registered our boy as {x}
            There's a little fella at home, my son {x}
            My young man {x} lost a tooth, what a proud parent I am
            my sons name is {x} just so you know
            No no, my son's called {x}
            Last night I became a father. Our little boy is {x}.
            I'd do anything for {x}, he's my son
            we have a toddler, {x}, he is our only son
            My son finally passed his driving test, well done {x}!
            The kid with the scraped knees is mine, my son {x}
        """),
        told_of=lines("""
            {s}'s son is {x}
            {s} had a boy! They called him {x}
            son of {s}: {x}
            {x} is {s}'s little boy
            {s} named their son {x}
            {s} has one kid, a boy called {x}
            {s} is {x}'s dad, he's the only boy
            {s} is the mum of a boy named {x}
            I looked after {s}'s son. His name is {x}.
            {s}'s newborn boy is {x}
            {s}'s teenage son goes by {x}
            {s} drives their son {x} to football
            The boy with {s} is {x}, the son
            {s} is raising a son, {x}
            {x} is on my kid's team, he's {s}'s son
            {s}'s firstborn is a boy, {x}
            {s} won't stop talking about {x}, that's the son
            I got it wrong, {s}'s son's called {x}
            {s} adopted a boy, {x}
            {s}'s grown-up son {x} is a pilot
            {s} has no daughters, only a son, {x}
            {s} and their partner settled on {x} for the little lad
            {s}'s son won a prize. {x} was beaming!
            {x} is the lad of {s}
            {s} became a parent, the son is named {x}
        """),
    ),
    "best_friend": Colloquial(
        asked=lines("""
            my besties name?
            Who's my best mate?
            who's my ride or die
            best buddy of mine is called...?
            Who is my number one pal?
            Whose shoulder do I cry on, the friend above all others?
            Who do I tell everything to, friendship-wise?
            Of all my mates, who's number one?
            my best pal, what's the name?
            Which friend would I call at 3 am?
            who's the friend i've been thick as thieves with
            best mates name again?
            I'm making a friendship bracelet for my bestie. Which name goes on it?
            Who is my partner in crime, my best pal?
            Who'd be top of my friends list?
            which mate is my absolute favourite person to hang out with
            I'm looking for a godparent, so obviously my best friend. Who's that?
            who's my bosom buddy
            Remind me, which friend is my best one?
            Who's the chum I've known forever, my best friend?
            bestie = ?
            who did i say is my bestest friend
            BFF's birthday is soon. Whose party is it?
            Who is the one friend I can't do without?
            which pal of mine comes first
            I told you about my very best friend. Which name was it?
            Who knows all my secrets, my best mate I mean?
            Who am I best buds with?
            my main homie is who
            Who's my wingman, my best bud?
            Thanking my best friend in the speech. Whom do I thank?
            Dearest friend of mine: who?
            Who do I consider my truest friend?
            With whom am I inseparable, as friends?
            Which friend holds first place in my heart?
            tell me the name of my best buddy pls
            Who's my soul sister, the bestie?
            who would i pick if i could only keep one friend?
            Saved contact "BFF", who is that?
            Ok who's my go-to friend for everything, the best one?
            My most loyal friend is who, according to your notes?
            whats my best freinds name
            Name my best mate in one word.
            What's the name of the friend I'd trust with my life, my bestie?
        """),
        asked_of=lines("""
            who's {s}'s bff
            {s}'s bestie, name?
            who is {s} best friends with
            Who's the best mate of {s}?
            {s}'s best pal is called what?
            Which friend is number one for {s}?
            who's {s} thick as thieves with
            Who does {s} tell every secret to, the best friend?
            The bosom buddy of {s}, who's that?
            top of {s}'s friends list is who?
            Who's {s}'s closest pal?
            {s} has a best buddy, right? Called?
            who would {s} call first in trouble, friend-wise
            {s} is inseparable from their best friend. Who's the friend?
            Which of all their friends does {s} trust most?
            {s}'s ride or die, who is it?
            who are {s}'s bracelets for, the bff's name?
            Do you know {s}'s main homie?
            {s} came with their best bud. What was the name?
            Dearest friend of {s}?
            Who is the friend {s} can't do without?
            whats {s}s best friends name
            In the speech {s} thanked a best friend. Who was it?
            Who does {s} consider their truest friend?
            Who's the chum {s} has known forever, the best one?
        """),
        told=lines("""
            my bff is {x}
            bestie: {x}
            {x} is my best mate
            {x} and I are best buds
            {x} is my ride or die
            Of all my friends, {x} is number one
            My best pal's called {x}
            My best mate {x} and I go way back
            I tell {x} everything, that's what best friends are for
            {x} has been my best friend since kindergarten
            met {x} at camp and we've been besties ever since
            {x} and me, best friends forever
            Best friend? Easy, {x}.
            No one gets me like {x}, my bestie
            {x} is the friend I'd call at 3 am, my very best one
            my main homie is {x}
            Thick as thieves, {x} and I. Best friends for twenty years.
            My dearest friend of all is {x}
            My partner in crime and best pal is {x}
            I've a lot of mates, but the best one is {x}
            I asked my best friend to be godparent. {x} said yes!
            I fell out with my old bestie, so now it's {x}
            best friend update: {x} has the title now
            {x} knows all my secrets, bestest friend ever
            If I could keep only one friend it would be {x}
            My bosom buddy is called {x}
            {x} (my bff) is coming over
            inseparable since school, my best friend {x} and me
            The friend I trust above all others is {x}
            my best friends name is {x} btw
            Roadtrip with my best buddy {x}!
            {x} stood by me when nobody did, my truest friend
            The top spot among my friends goes to {x}
            My best friend moved abroad. I miss {x} terribly.
            We met in the army, {x} and I, and no friend comes before that one
            I consider {x} my best friend in the world
            I'd trust {x} with my life, best friend I ever had
            It's my bestie's birthday, so we're taking {x} dancing
            Went for a pint with {x}, my best mate
            There are friends and there's {x}, the best of them all
            {x}'s my wingman and best bud
            My oldest and best chum, {x}, is getting divorced
            Girls' night with my bestie {x}
            My number one pal is {x}
            I laugh till I cry with {x}, my best friend
            {x} is my soul sister, my bff
            you can save {x} as my best friend
            I used to say someone else, but honestly {x} is my best friend now
            We became best friends at college, {x} and I, over bad coffee
            My most loyal friend by far is {x}
        """),
        told_of=lines("""
            {s}'s bff is {x}
            {s} and {x} are besties
            {x} is {s}'s best mate
            bestie of {s}: {x}
            {s} is best friends with {x}
            {s}'s best pal is called {x}
            {x} and {s} are best buds
            For {s}, friend number one is {x}
            {s} tells {x} every secret, they're best friends
            {s} has been best friends with {x} since school
            {s}'s ride or die is {x}
            {s} and {x} are thick as thieves, best friends really
            {s}'s dearest friend is {x}
            {s} came with their best bud. The name was {x}.
            {s} fell out with the old bestie and it's {x} now
            {x} is the friend {s} can't do without
            {s}'s main homie goes by {x}
            If {s} could keep one friend it would be {x}
            {s} considers {x} their best friend
            {s} thanked {x} in the speech as their best friend
            The friend {s} trusts above all others is {x}
            {s}'s best buddy is named {x}
            {x} would do anything for {s}, best friends forever
            {s} is inseparable from {x}, their best friend
            {s}'s truest friend is {x}
        """),
    ),
}
