"""Colloquial wordings: name, city, birthplace, job, employer, age, birthday, language. Data only."""

from __future__ import annotations

from memos.grammar.colloquial.form import Colloquial, lines

IDENTITY: dict[str, Colloquial] = {
    "name": Colloquial(
        asked=lines("""
            whats my name
            hey, what was I called again?
            say my name
            Who's this you're chatting with?
            remind me who I am lol
            I need to sign this card. Which name do I put?
            my name, please
            so... who am I to you?
            bet you forgot my name already
            Do you still know what I'm called?
            quick test: my name?
            sign the email off with my name. It's what?
            What do my mates shout when they want my attention?
            I told you my name earlier, didn't I? What was it?
            what name have you got saved for me
            which name is on my account with you?
            Under what name do you have me in your notes?
            How would you greet me personally?
            if you had to shout for me across a room, what would you yell
            Filling out a form here. The first box wants my own name, help me out?
            what do i go by again
            wats my name??
            Could you kindly confirm the name I gave you for myself?
            Tell me my name, would you
            u know who i am right?
            and who might I be?
            Pretend you're greeting me at the door. Hello, who?
            what's the name of the person typing this
            I've had a long day and can't even remember what I'm called. Little help?
            The restaurant wants a name for the table, and it's me who's booking. What should I say?
            do you have my name on file? which one is it
            which name would I turn my head for?
            give me my own name back
            What did my parents decide to call me?
            user name, as in my actual name?
            Whose assistant are you? I mean, what am I called?
            "Dear ..." and then what, if you're writing to me?
            they're asking for my name at reception, what is it
            Put me down on the guest list. Under what name, you ask? Well, you tell me.
            me, myself and I: what's the name?
            Am I a stranger to you or do you know how I'm called?
            no peeking, how am I named
            How should the barista write me on the cup?
            I'd like to be addressed properly. You do recall my name?
        """),
        asked_of=(),
        told=lines("""
            hi im {x}
            {x}, nice to meet you
            Hey there, {x} here, first time using this thing.
            I'm {x} btw
            oh, I never said who I am. {x}!
            The name's {x}.
            name: {x}
            just {x} is fine, no need to be formal
            Hello! I go by {x} with pretty much everyone.
            My parents went with {x} when I arrived, and I've kept it.
            it's me, {x}
            Your user today is called {x}.
            Let me say who I am first: I'm {x}, and I'll be asking you lots of stuff.
            for future reference, I'm called {x}
            You can save me as {x}.
            People always misspell it, but my name is written {x}.
            Sign it from me, {x}.
            They put {x} on my coffee cup, and for once it was spelled right. That's my name.
            No, you've got my name wrong. It's {x}.
            Don't call me that, please. I'm {x}.
            Since we'll be working together: {x}. And you're my assistant, I gather?
            my passport says {x} and so does everyone else
            friends, family, colleagues, they all just say {x} to me
            this is {x} btw, in case you were wondering who's typing
            Whenever you write to me, start with "Dear {x}".
            Good morning, my name would be {x}.
            I'm {x}, though half the office can't pronounce it.
            I got married and changed it, so I'm {x} from now on.
            remember me? {x}, we spoke yesterday
            Put {x} down as my name.
            i am called {x} in case u need it
            The person behind this keyboard is {x}.
            {x} is what it says on my passport.
            my name's {x} and i can't sleep
            With a name like mine, {x}, you get used to jokes.
            Forgot to mention my name, sorry. {x}.
            Use {x} when you talk to me.
            I'm signing up as {x}, which is my real name.
            Allow me to present myself: {x}.
            Not my old name anymore please, these days I am {x}.
            Everybody around here knows who {x} is. That's me!
            so yeah I'm {x}, what's up
            Should anyone ask whose assistant you are, say {x}, that's me.
            mine's {x}, what's your name?
            Between us, I never liked being called {x}, but that's my name.
            I was named after my grandparent, so I'm {x} as well.
            Greetings from {x}! Yes, that's me, your new user.
            {x}. That's my name, dont wear it out
            My folks named me {x} and nobody has ever shortened it.
            You don't know me yet. I'm {x}.
        """),
        told_of=(),
    ),
    "city": Colloquial(
        asked=lines("""
            where do i live again
            which city's my flat in?
            Remind me what town I'm living in at the moment
            I'm ordering a parcel. What city goes in my home address?
            where's home these days
            Where am I based, do you know?
            wheres my house at
            what city do i wake up in every day
            Which town do I head back to after a trip?
            Put my home town on the shipping label. Which is it?
            you know where I live, don't you?
            If a friend wanted to visit me at home, which city would they fly to?
            For my address: street I've got, but the city is?
            What's the city part of my address?
            in which city do I pay rent
            Where did I move to?
            Where did I end up moving?
            home city pls
            What town have I got my apartment in?
            whats the name of the place i live at now
            I want the local weather. What city am I in, home I mean?
            Looking for a vet near my house. Which city should I search?
            Whereabouts do I live?
            where is it that I live, I told you
            Could you kindly tell me in which city I currently reside?
            which city am I a resident of
            My driver asks which city to take me home to. What do I say?
            where would I be on a normal weekday evening, city-wise?
            where do I hang my hat
            My bed is in which city?
            so which place am I a local in nowadays?
            Look for restaurants in my town. You know which one that is?
            where do i liv
            What city do my neighbours and I share?
            Who knows where I live? You do, right? So where?
            Which city's taxes and bin days do I have to deal with as a resident?
            Which city did I say my place is in?
            I live in... help me out
            The form has a field for the city I live in. What should I enter?
            where have I got my house
            Do I still live in the same city? Which one is that?
            What's my local city for pizza delivery to my door?
            where am i living nowadays, i keep moving so much lol
        """),
        asked_of=lines("""
            where's {s} living now?
            which city did {s} move to?
            what town is {s} in these days
            where does {s} live again?
            I want to send {s} a parcel. Which city do they live in?
            does {s} still live in the same place, and where is that?
            wheres {s} based
            If I drop in at {s}'s flat, which city am I driving to?
            Whereabouts does {s} live?
            {s} lives where now??
            what city is {s}'s house in
            Remind me what {s}'s home city is
            I'm visiting {s} at home this weekend. Where do I have to go?
            where has {s} got their apartment?
            In what city do they live, {s}?
            For {s}'s address I need the city. Got it?
            Where would I ring {s}'s doorbell? Just the city.
            the town {s} lives in, please
            do you know where {s} is living at the moment
            which city does {s} go home to at night
            Any idea where {s} resides currently?
            what do I tell the cabbie who's driving {s} home, which city?
            where did {s} buy that house of theirs
            What city would the phone book list for {s}'s home?
            {s} moved, didn't they? So where do they live now?
        """),
        told=lines("""
            i live in {x} btw
            moved to {x} last month, still unpacking
            New address! I'm in {x} now.
            Home is {x} for me.
            I'm writing this from my flat in {x}.
            We bought a house in {x} and love it.
            {x} is where my bed is.
            been living in {x} for ages now
            I rent a tiny room in {x}, way too expensive.
            My city? {x}, and I'm not leaving any time soon.
            I finally did it, I left my old town and live in {x}.
            after the divorce i moved over to {x}, new start and all
            Currently living in {x} with two flatmates.
            Not there anymore, I moved: it's {x} these days.
            Our apartment is in {x}, right by the river.
            living the dream in {x} since spring
            You should know I'm a {x} resident.
            I'm {x} based.
            We've got our house in {x}, garden and everything.
            Correction: I no longer live at the old place, my home is in {x} now.
            i stay in {x}, have done for a few years
            Since the new year I've been calling {x} home.
            The rent here in {x} is killing me, but I'm staying.
            For deliveries, my address is in {x}.
            home address: {x}
            I live over in {x}, near the station.
            {x}, that's the city I live in.
            Life in {x} suits me, I've been living here for a while.
            My place in {x} is small but cosy.
            we packed up everything and relocated to {x} so that's home now
            I've put down a deposit and moved into a flat in {x}.
            Whenever I need a vet, look in {x}, because that's where I live.
            I moved in with my aunt, so I'm living in {x}.
            these days you'd have to come to {x} to visit me at home
            The city on my address is {x}.
            I wasn't sure about moving to {x}, but here I am, and it's home.
            You guessed wrong, I live in {x}.
            I reside in {x} at present.
            My neighbours here in {x} are noisy but nice.
            Took the keys yesterday, I officially live in {x}!
            got a place in {x} finally!!
            {x} is my home base at the moment.
            As a local in {x}, where I've got my flat, I know every bakery.
            Weather for {x} please, since that's where I live.
            My home's in {x}, has been for ages.
            We upped sticks and now live in {x} with the kids.
            I spend my nights at home in {x}.
            Put {x} as my home city.
            So I live in {x}, it's rainy, don't ask.
            living in {x} nowadays, used to be further north
        """),
        told_of=lines("""
            ever since the breakup {s} has been living over in {x}
            {s} moved to {x} last summer
            {s} has a flat in {x}.
            If you're looking for {s}'s house, it's in {x}.
            heard {s} is living in {x} these days
            {s} bought a house in {x}, can you believe it?
            In {x}, that's where {s} lives.
            {s}'s address is in {x}.
            {x} is home for {s}.
            {s} packed everything and relocated to {x}.
            {s} rents a room over in {x}
            Update on {s}: they live in {x} now.
            I visited {s} at home in {x}, lovely flat.
            {s} isn't at the old address anymore. They live in {x}.
            {s}? Based in {x}, last I heard.
            {s}'s home is in {x}, quite close to the lake.
            You know {s}? Lives in {x}.
            {s} found an apartment in {x} and moved right in.
            We drove to {x}, because {s} lives there.
            {s} resides in {x} at present.
            city for {s}'s address: {x}
            {s} got the keys to a place in {x}, so that's where they're living.
            {x}! That's where {s} has been living since spring.
            {s} has been living in {x} for ages
            {s} calls {x} home nowadays, and loves it there.
        """),
    ),
    "birthplace": Colloquial(
        asked=lines("""
            where was i born again
            My passport form wants the place of birth. What do I put?
            which city's hospital was I delivered in?
            where am i from originally
            what's my hometown, the one I was born in?
            Where did my mum have me?
            Which town was I raised in?
            what city did I first see the light of day in?
            Where did my life begin, geographically?
            I was born in... where was it?
            place of birth pls
            birthplace??
            Remind me which city I come from originally
            Where was I as a newborn?
            Visa application again. City of birth: ?
            In which place was I a baby?
            where's my family home from when I was little
            Do you know where I was born?
            Which city did the stork drop me off in, haha?
            where did i come into this world
            where was I brought up
            I told you where I'm from. What did I say?
            where'd I grow up
            What's the town I grew up in called?
            Under "born in", what should I write for me?
            People ask "no, but where are you really from?" What's my answer?
            which city can claim to be my birthplace
            Where did I take my first breath?
            where did I learn to walk, as in what town was I little in?
            From what city do I hmm originally come, I forgot to note it
            For a quiz about me: in which city was I born?
            Which hospital town did I pop out in?
            where does this accent of mine come from, what town am I from
            Which town were my nappies changed in, right after I was born?
            The city in my passport next to "place of birth" is which one?
            Where were my parents when they had me?
            My origins: what city?
            Tell me the city I was born in, please.
            where was I born, was it abroad or what
            whats my birth town
            In what city did my mother go into labour with me?
            I'm a born what, city-wise?
            Where does my story start? The city where I was born, I mean.
            where was I born n raised
        """),
        asked_of=lines("""
            {s}, born where exactly?
            where's {s} from originally
            what city did {s} grow up in
            {s} was born where again?
            I hear an accent. Where does {s} come from, I wonder?
            I need {s}'s place of birth for a form.
            which town is {s} originally from
            got {s}'s birthplace somewhere in your notes?
            do you know where {s} was born
            Which maternity ward, I mean what city, was {s} born in?
            {s} isn't from around here. Where are they from originally?
            In what city was {s} raised?
            Where was {s} brought up?
            where'd {s} grow up
            In what town did {s}'s mum have them?
            where did {s} take their very first breath
            That accent of {s}'s, what town does it come from?
            Remind me of the city {s} was born in
            Where was {s} as a baby?
            Born in which city, {s}?
            for {s}'s passport application: city of birth?
            I forgot where {s} comes from. Any idea?
            what's the hometown {s} was born in
            Whereabouts was {s} born and raised?
            Which city is {s}'s place of birth, please?
        """),
        told=lines("""
            born in {x}!
            i was born in {x} but we left when i was a baby
            Born and bred in {x}.
            Originally I'm from {x}.
            I'm a {x} kid, born and raised.
            My mum had me in {x}.
            I grew up in {x}, in a flat over a bakery.
            place of birth: {x}
            I come from {x}, hence the accent.
            My parents were living in {x} when I was born there.
            {x} is my birthplace, in case a form asks.
            I took my first breath in {x}.
            im from {x} originally
            I was delivered in a taxi in {x}, true story.
            The hospital I was born in is in {x}.
            I don't live there any longer, but I was born in {x}.
            It all started for me in {x}, in a snowstorm, says my mum.
            People never guess it, but I come from {x}.
            My passport gives {x} as my place of birth.
            You had it wrong, my birthplace is {x}.
            Both my parents moved to {x} the year I was born, so that's where I arrived.
            {x}, that's where I'm from.
            I was brought up in {x} by my grandparents.
            raised in {x}, so I know every street there
            I first saw the light of day in {x}.
            I was a {x} baby.
            As far as birthplaces go, mine is {x}.
            We're from {x}, me and my whole family.
            Learned to walk and talk in {x}, where I was born.
            haven't been back in years but {x} is where I was born
            {x} born, and proud of it.
            I was born two weeks early, in {x} of all places.
            The town where my life began is {x}.
            Actually I wasn't born here. It was {x}.
            My cradle stood in {x}.
            My birth town is {x}, tiny hospital, long gone.
            {x} is the place I'm originally from, and I still support the local club.
            My mother went into labour in {x}, so that's where I was born.
            I was born during a holiday, in {x}.
            Put {x} under place of birth for me.
            I'm originally from {x}, moved away for uni.
            born in {x}, grew up there too
            I'm from {x}. You can tell by how I talk.
            For the visa: I was born in {x}.
            my hometown is {x}, i was born there
            Where I come from, in {x}, nobody locks their doors.
            I came into this world in {x}, third of four kids.
            i grew up in {x}, went to school there and all
            Yes I'm from {x}, yes I miss the food.
            The stork dropped me off in {x}.
        """),
        told_of=lines("""
            guess what, {s} was born in {x} of all places
            {s} is from {x} originally.
            {s} grew up in {x}, near the harbour.
            Over in {x}, that's where {s} was born, in a taxi.
            {s} comes from {x}, hence the accent.
            Born in {x}, that's {s}.
            Turns out {s} was born in {x}!
            I had {s}'s birthplace wrong, it's {x}.
            {s} was raised in {x}
            {s} was born and bred in {x}
            for the form, {s}'s place of birth: {x}
            {s} doesn't live there anymore but was born in {x}
            {s} took their first breath in {x}.
            The hospital where {s} was born is in {x}.
            {s} is originally from {x}, and still has family there.
            I always thought otherwise, but {s} was born in {x}.
            In {x}, that's where {s} came into the world.
            {s}'s mum had them in {x}, so that's what the passport says under born.
            {s} was brought up in {x}.
            You know {s}? They come from {x}.
            {s} is {x} born
            {s} told me about being born in {x} during a storm.
            The town {s} is from is {x}.
            {s}'s cradle stood in {x}.
            {x}! That's {s}'s place of birth.
        """),
    ),
    "job": Colloquial(
        asked=lines("""
            what do i do for work again
            whats my job title
            If someone at a party asks "and what do you do?", what's my answer?
            what am I, professionally speaking?
            The bank wants to know my occupation. What should I tick?
            what do I work as, remind me
            How do I earn my money?
            profession pls
            what's my day job
            My mum still can't explain what I do for work. Can you?
            What's my role at work?
            what do I get paid to do
            I do what for a living?
            Update my profile: what's the job title?
            what line of business am i in, job wise
            what is it I do from nine to five
            Which trade did I say I practise?
            Tell me my occupation
            so what's my gig
            What sort of worker am I?
            For the visa form: my profession?
            Add my job to the bio, what was it?
            what did I say I was working as
            what am I by trade
            do you know what i do for work?
            Kids ask me what I am when I go to work. What do I tell them?
            What position do I hold?
            whats the thing i do for money
            what do I do when I'm on the clock?
            what was my occupation again, sorry
            I'm a... what's my job called?
            What job do people know me for?
            Under "occupation" I should write what?
            What do I do to put food on the table?
            what's my nine-to-five
            Could you tell me what profession I have, please?
            What's on my CV as my current position?
            which job do I go to in the week
            What do my colleagues and I do for a job? My own role, I mean.
            my work, what is it exactly? the job I do
            I'm qualified as what?
            what did I tell you I do, jobwise
            LinkedIn headline time! What's my profession?
        """),
        asked_of=lines("""
            no clue what {s} does for work, do you?
            What's {s}'s job again?
            When {s} puts on the work clothes, what are they, jobwise?
            {s} does what for a living?
            how does {s} earn money
            What's {s}'s occupation?
            what is {s} by trade
            what's {s}'s job title
            Do you know what {s} does for a job?
            I always forget what {s} does. Jobwise, I mean.
            What sort of work is {s} in?
            so what does {s} get paid to do
            what's {s} working as these days
            Which profession is {s} in?
            Introducing {s} at a party: what should I say they do?
            what kind of job has {s} got
            {s}'s role at work?
            What does {s} do from nine to five?
            what's the day job of {s}
            What position does {s} hold?
            Does {s} have a job? As what?
            what's {s}'s line of work
            Please tell me the profession of {s}.
            {s} works as a what again?
            what did I tell you {s} does at work
        """),
        told=lines("""
            so i work as {a} {x} now, who'd have thought
            I'm {a} {x}, have been since school
            New job! I'm {a} {x} now.
            Job: {x}.
            By day I'm {a} {x}.
            I've been working as {a} {x} for years and I still like it.
            {a} {x}, that's what I am.
            just started working as {a} {x}, so nervous
            My job title is {x}, whatever that means.
            Long shift today. Being {a} {x} is exhausting.
            I quit my old job and I'm {a} {x} these days.
            They hired me as {a} {x}!
            my occupation is {x}, for the form
            I got promoted, so now I'm officially {a} {x}.
            I earn my crust as {a} {x}.
            As {a} {x} I'm on my feet a lot.
            You may wonder what I do. I'm {a} {x}.
            Been {a} {x} my whole life and I still am.
            nine to five I'm {a} {x}
            I'm employed as {a} {x}, part time.
            What I do for work? {x}.
            In my job as {a} {x} you meet all sorts.
            They pay me to be {a} {x}, lucky me.
            I'm in my first year as {a} {x} and learning loads.
            {x} is the job title in my contract.
            For money I work as {a} {x}, for fun I sleep.
            Not anymore, I changed jobs: I'm {a} {x} now.
            I'm a qualified {x} and I work as one.
            People think it's glamorous, but being {a} {x} is hard work. I should know, it's my job.
            my profession: {x}
            I took a course last year, so these days I work as {a} {x}.
            I'm currently employed as {a} {x}.
            got myself a job as {a} {x}
            I passed my exams and work as {a} {x}.
            day job: {x}
            I'm {a} {x} by trade, like my mother before me.
            You can put {x} under occupation.
            I do shifts as {a} {x}, so I'm always tired.
            I work full time as {a} {x} and I've got the bags under my eyes to prove it.
            My role is {x}, mostly remote.
            Professionally I'm {a} {x}.
            im {a} {x} so i know what im talking about
            They said it was no job for me, and here I am, working as {a} {x}.
            I've got a steady job as {a} {x}.
            My current position is {x}.
            Working as {a} {x} means I start early.
            I earn a living as {a} {x}, it's not much but it's honest work.
            I'm still {a} {x}, same job as ever.
            After years of looking I landed a job as {a} {x}.
        """),
        told_of=lines("""
            {s} puts food on the table working as {a} {x}
            didn't I say? {s} is {a} {x}, full time
            {s} just got a job as {a} {x}!
            {s} has the coolest job: {x}
            By trade {s} is {a} {x}.
            {s} makes money as {a} {x}.
            They hired {s} as {a} {x}.
            {s} has been working as {a} {x} for years
            {s} quit and works as {a} {x} now.
            Occupation of {s}: {x}.
            Did you know {s} is {a} {x}?
            {s} got promoted and is {a} {x} now
            What does {s} do? They're {a} {x}.
            {s} earns a living as {a} {x}.
            If you need {a} {x}, ask {s}, that's their job.
            {s} is employed as {a} {x}, part time I think.
            On {s}'s contract the job title reads {x}.
            {s} took a course and now works as {a} {x}.
            these days {s} works as {a} {x}
            As {a} {x}, {s} is on their feet all day.
            {s} is a qualified {x} and works as one.
            {s} started working as {a} {x} this spring.
            For a job {s} is {a} {x}.
            {s} works nights as {a} {x}, poor thing.
            I met {s} at work. They are {a} {x}.
        """),
    ),
    "employer": Colloquial(
        asked=lines("""
            who do i work for again
            Where is it that I work, which outfit?
            What company am I with?
            Put my employer in the signature for me: who is it?
            who signs my paycheck
            Whose logo is on my work laptop?
            which company hired me
            The loan form asks for the name of my employer. What do I enter?
            what's the company called where I work
            what firm am I at these days
            Who's paying my wages?
            where's my job at, which company I mean
            employer??
            Which business gives me my salary every month?
            what place am I employed at
            For my LinkedIn: current company?
            What's the name of the company I joined?
            whose staff am I on
            Which company do my colleagues and I work for?
            where did I get hired
            who did I say I'm working for
            My pay slip comes from whom? Which company?
            Remind me of my company's name
            Who is my contract with, workwise?
            whose office chair do I sit in all week, which company's?
            do you know where I work? the firm's name pls
            company name for my email footer, what is it
            What outfit am I working for now?
            Who took me on as an employee?
            where am i working at the moment
            Which company's lanyard do I wear to work?
            what's my workplace called
            name of my current employer please
            I'm an employee of which company?
            Who are the people paying me each month, the company's name?
            where do I clock in
            Expense report: which company do I make it out to, the one I work for I mean?
            When I answer the work phone, which company name do I say?
            Could you confirm which company currently employs yours truly?
            I've switched companies so often. Where am I working now?
            Which office do I commute to, as in whose company?
            What's the business I'm employed by?
            the company im at, whats it called
        """),
        asked_of=lines("""
            tell me who {s} is working for
            Which company does {s} drive to for work?
            What company is {s} with?
            which firm hired {s}
            Who's paying {s}'s wages?
            {s} works at which company again?
            who's {s}'s employer
            the company {s} works for, what is it called?
            Where's {s} working these days?
            Do you know where {s} got a job? The company, I mean.
            what firm is {s} at now
            Remind me who employs {s}
            Writing {s} a reference. Which company are they at?
            Which company did {s} join?
            whose staff is {s} on
            {s}'s company is called what?
            {s} is employed where?
            In which company's office does {s} sit?
            Who signs {s}'s paycheck?
            What's the name of {s}'s workplace?
            {s} changed companies, right? So who do they work for now?
            which business does {s} get their salary from
            name of {s}'s employer, please
            Whose logo is on {s}'s work laptop?
            Under which company would I find {s} on LinkedIn?
        """),
        told=lines("""
            fyi i work at {x}
            I work for {x}, same as half my street.
            I've been at {x} for three years now, mostly in support.
            Employer: {x}.
            just got hired by {x}!!
            {x} pays my wages.
            My company is {x}, by the way.
            Signed the contract with {x} today, I start right away!
            I'm with {x} these days, in accounts.
            For work I go to {x}.
            You can put {x} as my employer.
            {x} took me on last spring and I'm still there.
            Left my old firm, I'm working for {x} now.
            My boss at {x} is nice, the coffee isn't.
            My office at {x} has a view of the car park.
            The company I'm at is {x}.
            I've joined {x} as of this week.
            Been working at {x} since I left school.
            my paycheck comes from {x}
            I do IT stuff at {x}, it's a living.
            The logo on my work laptop? {x}.
            I'm on staff at {x}.
            Not anymore, I switched: I work for {x} now.
            They offered me a position at {x} and I said yes, so that's where I work.
            I work in the canteen at {x}.
            Got a contract with {x} until further notice.
            I'm one of the newer employees at {x}.
            It's {x} that pays me each month.
            Where I work? {x}, on the second floor.
            My current workplace is {x}.
            I clock in at {x} at eight sharp.
            Everyone at {x}, where I work, is on holiday except me.
            My salary is paid by {x}, late as always.
            You'd think working for {x} would be fun. I do it and it isn't.
            im employed at {x}
            After the layoffs I found something at {x}, and I've been working there since.
            Work email is from {x}, since that's my company.
            I commute to {x} by bus, my job's there.
            I've got a job with {x} now, great colleagues.
            still at {x}, still underpaid
            We got bought, so my employer is called {x} now.
            Ten months at {x} already, time flies when you're working.
            I'm doing an apprenticeship at {x}.
            My job is at {x}, night shift.
            {x} is the firm I'm at.
            I make my money at {x}.
            My contract is with {x}.
            {x} hired me, who would have thought?
            I started at {x} on Monday, my first day at work went fine.
            Name of my company, for the footer: {x}.
        """),
        told_of=lines("""
            pretty sure {s} works at {x}
            {s} works for {x} now
            {s} just got hired by {x}!
            {s} is with {x} these days, in sales.
            For the reference: {s}'s current employer is {x}.
            {x} pays {s}'s wages.
            {s} finally has a job, at {x}!
            {s} has been at {x} for years, somewhere in marketing
            They took {s} on at {x}.
            {s} left the old firm and works for {x} now.
            {s} signed a contract with {x}, so that's their employer now.
            The company {s} is at is {x}.
            {s}'s company is {x}, if you need it for the form.
            {x} hired {s}, can you believe it?
            as far as I know {s} is employed by {x}
            {s} works over at {x} and hates every minute
            Workplace of {s}: {x}.
            {s} joined {x} as of this week.
            {s} commutes to {x}, that's where their job is.
            these days {s} is working for {x}
            Heard about {s}? They're working at {x}.
            {s} is on staff at {x}.
            {s}'s paycheck comes from {x}.
            You'll see {s} at {x}, they work there.
            {s} is doing an apprenticeship at {x}
        """),
    ),
    "age": Colloquial(
        asked=lines("""
            how old am i even
            my age, quickly?
            whats my age again
            What number do they pipe onto my birthday cake, age I mean?
            Am I getting old? How old am I exactly?
            What number do I give when someone asks my age?
            how many years young am I
            I lose count. How old am I now?
            The doctor's form has a box for age. What goes in mine?
            how many trips around the sun have I done
            what age did i tell you i was
            Dating profile time. Age?
            age pls, mine
            So how old does that make me?
            how old did I turn
            What age should I put down for myself?
            Remind me how old I am, I've stopped counting
            Do you know how old I am?
            Be honest: what's my age?
            how old are we talking, for me
            What's the number of years on my clock?
            Which birthday did I reach last, in years?
            Am I too old for this? What's my age?
            how many yrs old am i
            I feel ancient. What's my actual age?
            Could you tell me my age in full years?
            Do the maths for me: what age am I?
            how old's your user
            The survey wants to know how old I am. What do I say?
            how old would I say I am
            Old or young? Give me my exact age.
            I'm how many years old??
            what's my age group, or rather my exact age
            years on the odometer, for me: how many
            How old is yours truly?
            For the insurance I need my age. Got it?
            tell me how old i am
            If age is just a number, which number is mine?
            For the senior or youth discount: what's my age?
            How many summers have I seen?
            how old am i this year
            What does my age come to?
            I've been around for how many years?
            Did I mention how old I am? What was it?
            what age am I at now
        """),
        asked_of=lines("""
            roughly or exactly, how old is {s}
            what's {s}'s age
            Which number goes on {s}'s cake, agewise?
            {s} is how old now?
            any idea how old {s} is
            what age is {s} these days, still a teenager or what
            How old did {s} turn?
            {s}'s age please
            I can't tell by looking. How old is {s}?
            What age should I put on the form for {s}?
            How many years old is {s} by now?
            Is {s} older than me? What's their age?
            do you remember how old {s} is
            how many yrs old is {s}
            What did I say {s}'s age was?
            In years, what age has {s} reached?
            How many trips around the sun has {s} made?
            The age of {s}, do you have it?
            how old would {s} be now
            Remind me of {s}'s age
            I'm buying a ticket for {s}. They ask for the age, what is it?
            how many years young is {s}
            {s} looks so young! How old are they really?
            Which age did I give you for {s}?
            Tell me how many years old {s} is
        """),
        told=lines("""
            im {x}
            I'm {x}, but I don't feel it.
            Age: {x}.
            I'm {x} years old and still can't cook.
            just turned {x}, wooo
            I'm {x}, if you must know.
            Yesterday I turned {x}. Party was great.
            At {x} I can still touch my toes.
            I've made {x} trips around the sun.
            Being {x} isn't so bad, I tell myself every day.
            {x} here, how about you? I mean my age.
            i am {x} yrs old
            They asked my age and I said {x}, which is true.
            You wouldn't guess it but I'm {x}.
            I'm {x} now, had my birthday last week.
            My age? {x}.
            I look younger than {x}, yet that's how old I am.
            put {x} for my age
            I hit {x} this year, can you believe it?
            I'm turning heads at {x} years old, haha.
            As somebody aged {x}, I find that music too loud.
            I'm at the ripe age of {x}.
            No, I'm older than you think: {x}.
            Had a birthday, so I'm {x} now.
            Well, I am {x} years old, so I'm entitled to an opinion.
            The ticket machine wants an age, mine is {x}.
            Aged {x} and I still love cartoons, so what?
            how old? {x}. next question
            I've reached {x}, time flies.
            Not last year's number anymore, I'm {x} now.
            With my {x} years I'm the oldest in class.
            {x} is how old I am.
            My knees feel a lot older, but I'm only {x} years old.
            For the form: I am {x} years of age.
            I've been on this planet for {x} years.
            At the age of {x} I've taken up running, and it hurts.
            I'm exactly {x} years old today!
            Right now I'm {x}, next year one more.
            So I'm {x}, is that too old to learn to swim?
            my age is {x}, dont tell anyone
            I've seen {x} summers.
            I may be {x}, but I'm not slowing down.
            {x} and counting, that's my age.
            Finally {x}! Feels the same as before.
            I celebrated my birthday and reached {x}.
            You can write down that I'm {x} years old.
            the big {x}! thats me since last night
            I'm {x}, the youngest at the table by far.
            Now that I'm {x} years old, I need a nap after lunch.
        """),
        told_of=lines("""
            in case you wondered how old {s} is, they are {x}
            we sang for {s}, who just turned {x}!
            crazy, {s} is {x} years old already
            if they ask for {s}'s age it's {x}
            I found out {s} is {x} years old.
            You wouldn't think so, but {s} is {x}.
            At {x}, {s} still runs marathons.
            {s} had a birthday and is {x} now.
            {s}'s cake had a big {x} on it, the new age.
            {s} may act like a teenager but is {x} years old
            age of {s}: {x}
            {s} looks younger, but they're {x}.
            {s} hit {x} last week.
            {x} years old, that's how old {s} is.
            Put {x} for {s}'s age.
            {s} is aged {x}, I believe.
            how old is {s}? they're {x}
            {s} has made {x} trips around the sun.
            {s} has reached {x}, bless them.
            {s} says they're {x} years old.
            Not a year younger: {s} is {x}.
            {s} is {x} years old and has more energy than me.
            {s} turned {x} and threw a party.
            I asked {s} how old they are: {x}.
            With {x} years {s} is the oldest of us.
        """),
    ),
    "birthday": Colloquial(
        asked=lines("""
            whens my bday again
            I'm filling in a form. What's my date of birth?
            which date should people keep free for my birthday party
            my bday pls
            When should you sing for me?
            What's the date I was born?
            on what day do they bring me breakfast in bed and a cake, because I'm one year older
            When am I the birthday kid?
            Airline needs my date of birth. What is it?
            when did i say i was born, the date i mean
            Which day in the calendar is my birthday?
            Will you congratulate me in time? On which date?
            When's the next time I add a year to my age?
            what date do i put for birth date
            When do I become older by one?
            do you have my birthday noted? when is it
            When did my mum have me, what date?
            On which day of the year was I born?
            Set a reminder for my birthday. What date are you putting it on?
            How long till my birthday? When is it again?
            The date on my passport under "born"?
            when do I party because I was born
            birth date of mine
            My zodiac sign depends on it: when was I born?
            When do friends text me "many happy returns"?
            When do I celebrate being born?
            bday date??
            Which date of birth did I give you?
            my big day, the one with cake and presents every year, is when?
            What's the day and month I was born?
            I was born on... fill in the date
            When's the anniversary of my birth?
            To verify my account they want my birth date. Do you have it?
            when do I have bday
            what day was i born on
            When do I expect birthday cards in the post?
            Let's plan my birthday do. On what date does it fall?
            Could you look up my date of birth, please?
            Forgot my own birthday, how sad is that. When is it?
            When was it that I was born, day and month?
            so when do i get spoiled with birthday gifts
            Remind me of my birth date
        """),
        asked_of=lines("""
            when's {s}'s birthday
            what day was {s} born
            When do I need a present for {s}'s birthday?
            {s}'s bday again?
            Did I miss {s}'s birthday? When was it?
            what's {s}'s date of birth
            On which date should I congratulate {s}?
            on what date does {s} go up a year in age
            I want to throw {s} a birthday party. On what date?
            When is {s} having their birthday?
            do you have {s}'s birthday written down
            birth date of {s}?
            When should I bake {s} a birthday cake?
            when was {s} born, the date I mean
            Which day of the year is {s}'s birthday?
            When do I text {s} "happy birthday"?
            I need {s}'s DOB for the booking.
            what date is {s}'s bday
            How long until {s}'s birthday? What date is it on?
            When should I post {s}'s birthday card?
            On what day do we sing happy birthday to {s}?
            whens {s} bday
            Remind me on which day {s} was born
            When's the birthday do at {s}'s, on which date?
            What's {s}'s star sign? Well, when's their birthday?
        """),
        told=lines("""
            bday: {x}
            my birthday is {x}, don't forget it!
            I was born on {x}, a rainy day apparently.
            {x} is my bday
            Save the date: {x}, my birthday!
            DOB {x}
            On {x} I expect cake, because it's my birthday.
            My mum had me on {x}.
            I'll be a year older on {x}.
            Put {x} in your calendar, it's my birthday.
            We're throwing a party on {x} for my birthday.
            Date of birth: {x}.
            I came into the world on {x}.
            born on {x}, so guess my star sign
            Every year on {x} I eat too much cake, since it's my birthday.
            Presents welcome on {x}, my birthday.
            You got it wrong, my birthday is on {x}.
            It's {x}, my birthday that is.
            My twin and I were both born on {x}, obviously.
            My passport says I was born on {x}.
            For the booking, my birth date is {x}.
            my bday falls on {x} and nobody ever remembers
            I turn a year older on {x}, ugh.
            Birthday's {x}, and I do like chocolate.
            You may congratulate me on {x}, that's the day I was born.
            {x}, that's my birthday, write it down.
            I'm a winter baby or a summer one, you decide: born {x}.
            my birthdays on {x}
            The stork brought me on {x}.
            It's my birthday on {x} and I'm taking the day off.
            i always get the day off on {x} cos its my birthday
            If you want to send me a birthday card, it should arrive by {x}, the day itself.
            When I was born? On {x}, around noon.
            When {x} comes around, sing for me, it's my birthday.
            My big birthday bash is on {x}, the actual day.
            I first opened my eyes on {x}, so that's my birthday.
            Date I was born: {x}, around teatime.
            I'm having my birthday on {x}, as every year.
            {x} is when I was born.
            Remind everyone that my birthday is on {x}.
            My parents met me on {x}, the day I was born.
            I never liked having my birthday on {x}, too close to exams.
            birthday girl or boy, whatever, mine is on {x}
            According to my ID I was born on {x}.
            Sadly my birthday, {x}, is never a holiday.
            My actual date of birth is {x}, ignore what I said before.
            The day to buy me a birthday drink is {x}.
            I celebrate being born on {x}.
            I got my birthday wrong in the form. It should be {x}.
        """),
        told_of=lines("""
            psst, {s}'s birthday is {x}, get a present
            {s} has a birthday on {x}
            according to the family tree {s} was born on {x}
            bday of {s}: {x}
            On {x} we sing for {s}, it's their birthday.
            {x} is {s}'s bday, buy a card!
            Come {x}, {s} will be a year older.
            Insurance needs it: {s}'s date of birth is {x}.
            Don't forget {s}'s birthday on {x}.
            Keep {x} free, {s} is celebrating their birthday.
            I looked it up, {s} was born on {x}.
            We need a cake for {s} on {x}, their birthday.
            {s} came into the world on {x}.
            {s}'s DOB: {x}
            {s} is having a birthday party on {x}, on the day itself.
            The day {s} was born is {x}.
            Wrong day! {s}'s birthday is on {x}.
            Put {s} in the calendar: birthday on {x}.
            congratulate {s} on {x}, thats when they were born
            {x}, that's when {s} has their birthday.
            {s}'s passport says born on {x}
            {s} gets birthday presents on {x}.
            When {x} comes, text {s} a happy birthday.
            {s} told me their birthday: {x}.
            For the booking, {s}'s birth date is {x}.
        """),
    ),
    "language": Colloquial(
        asked=lines("""
            what language am i learning again
            What do I practise on that owl app?
            whats the language i study in the evenings
            Which language is being drilled into me at evening school?
            what lingo am I learning
            In what language do I keep mixing up the words, as a learner?
            My evening class, which language is it?
            language course: which one am I doing
            What language have I started on?
            Which vocabulary am I cramming, what language?
            what am I studying, language-wise
            What language am I a beginner in?
            Which language do I take classes in?
            What language would I like to become fluent in?
            I've been doing lessons on my phone. In which language?
            which language do I have a tutor for
            I want a film in the language I'm learning. Which one is that?
            What's the language I'm teaching myself?
            what tongue am i getting my head around
            Which language did I pick to learn this year?
            Which dictionary should I buy for my course, what language?
            Write me a greeting in the language I'm studying. You know which?
            what was that language I wanted to learn
            I need someone to practise with, for the language I'm learning. Which is it?
            language im learning pls
            My verbs homework is in what language?
            In which language am I trying to hold a conversation?
            Which new language have I been at lately?
            Quiz me on vocab! What language am I learning?
            what language am i brushing up on atm
            I signed up for a language course. For which language?
            Do you recall what language I'm currently learning?
            what do I mumble to myself on the bus, which language am I practising
            Which language are my lessons in?
            what language is my textbook for
            Which one of the world's languages am I tackling?
            Remind me what I'm learning to speak
            Could you tell me which language I have been taking up?
            For my language exam: in which language do I sit it?
            which langauge am i learning
            What language do I repeat after the audio lessons?
            Which language am I hoping to speak one day?
            what was the language, the one I take lessons in?
            I keep a learning streak going. In which language?
        """),
        asked_of=lines("""
            what's that language {s} is learning
            Which language is {s} trying to pick up?
            what language does {s} take lessons in
            {s} is learning which language again?
            What language course is {s} doing?
            Which language does {s} practise?
            what lingo is {s} studying
            Which language did {s} start learning?
            do you know what language {s} is learning
            What language is {s} a beginner in?
            I want to get {s} a dictionary. Which language are they learning?
            {s} has evening classes. In which language?
            What language does {s} have a tutor for?
            which language is {s} teaching themselves
            {s} wants to become fluent in what language?
            What's the language {s} is learning to speak?
            What new language is {s} getting into?
            language {s} is studying?
            Remind me which language {s} is brushing up on
            In which language does {s} do vocabulary drills?
            Which language is {s}'s textbook for?
            what tongue is {s} having a go at learning
            {s} signed up for a language course. Which one?
            Which language exam is {s} preparing for?
            what was that language {s} wanted to learn
        """),
        told=lines("""
            learning {x} atm
            I'm learning {x}, slowly but surely.
            I've started {x} lessons on my phone.
            Signed up for {a} {x} course today!
            I get so much homework in my {x} class.
            I'm trying to pick up {x} before summer.
            {x} is the language I'm learning.
            Been teaching myself {x} with podcasts.
            Every Tuesday evening I have {x} class.
            i do {x} lessons on that owl app every day
            I'm having a go at learning {x}.
            I can order a beer in {x} already, still learning though.
            My goal is to become fluent in {x}, I've only just begun.
            New language for me: {x}.
            Dropped my old course, I'm learning {x} now.
            I'm a complete beginner in {x}.
            Cramming {x} vocab on the train again.
            I've got {a} {x} exam coming up, so I'm practising a lot.
            Studying {x} in the evenings, my brain hurts.
            I found a tutor for {x}, we meet online.
            Language I'm learning: {x}.
            Could you quiz me on some {x} words? I'm learning it.
            I bought a textbook to learn {x}.
            My in-laws speak {x}, so I'm learning it.
            It's {x} that I'm trying to get my head around, language-wise.
            im studying {x}, the verbs are killing me
            I want to be able to hold a conversation in {x}, so I take lessons.
            I repeat {x} phrases in the shower, that's how I'm learning.
            Third month of learning {x} and I can finally say hello.
            Brushing up on my {x} with a weekly class.
            You know I take {x} lessons, right?
            {x} lessons are going well, thanks for asking.
            I decided to learn {x}.
            Picked {x} as the language to learn this year.
            Watching films in {x} with subtitles, all part of learning it.
            My accent in {x} is awful but my tutor stays patient.
            Not the old one anymore, the language I'm learning these days is {x}.
            wanna learn {x} so bad, just started
            I'm taking {x} at the community college, evenings.
            The language course I'm on is {x}.
            I do {x} drills during lunch, learning takes time.
            Learning {x} is my project for the winter.
            We moved abroad for work, so I'm learning {x}.
            I've kept up my {x} learning streak all year.
            For my next language I went with {x}, first lesson was fun.
            I'm in a beginners' class for {x}.
            Hopefully I'll speak {x} one day, I'm learning it bit by bit.
            as for languages, i'm on {x} right now, lesson nine
            My grandma spoke {x}, that's why I'm learning it.
            I've got {x} classes twice a week.
        """),
        told_of=lines("""
            my god, {s} is learning {x}, of all languages
            {s} has started {x} lessons
            {s} signed up for {a} {x} course.
            {s} is trying to pick up {x}.
            {s} bought a dictionary, because they are learning {x}.
            {s} is teaching themselves {x} with podcasts
            {s} takes {x} classes in the evenings.
            {s} wants to become fluent in {x}, so they take lessons.
            {x} is what {s} is learning, language-wise.
            {s} found a tutor for {x}.
            {s} dropped the other course and is learning {x} now
            I heard {s} practising {x} on the phone, they're learning it.
            {s} is a beginner in {x}.
            {s} has {a} {x} exam coming up and studies the vocabulary all day.
            {s}'s {x} lessons are going well.
            next language on {s}'s list, lessons already booked: {x}
            language {s} is studying: {x}
            {s} is having a go at learning {x}.
            {s} decided to learn {x} this year
            {s} does {x} on one of those learning apps.
            {s} bought a textbook to learn {x}.
            These days {s} is brushing up on {x}.
            {s} repeats {x} phrases all day, that's how they learn.
            It's {x} that {s} has language classes in.
            Ask {s} to say something in {x}, they've been learning it.
        """),
    ),
}
