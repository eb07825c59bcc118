"""Colloquial wordings: boss, pets, car, instrument, field of study, next trip and allergy. Data only."""

from __future__ import annotations

from memos.grammar.colloquial.form import Colloquial, lines

SURROUNDINGS: dict[str, Colloquial] = {
    "boss": Colloquial(
        asked=lines("""
            Who signs off on my holidays at work?
            whos my line manager again
            I need to address a sick note to my superior. Who is that?
            Who do I have to ask when I want a raise?
            remind me of the name of the person I work under
            Who's the one above me in the org chart?
            who's the gaffer these days
            Which person does my yearly performance review?
            my supervisors name pls
            I'm writing my resignation letter. Which manager should it be addressed to?
            Who calls the shots where I work?
            Blanked on my manager's name, help
            What's the name of that person I keep complaining about, the one who runs my department?
            who approves my timesheets
            Tell me who my head of department is, I have a meeting with them.
            The form wants "direct supervisor". What do I put?
            I'm calling in sick tomorrow, who do I have to ring?
            Who at work is in charge of me?
            Could you tell me the name of my superior, please?
            hey, who is my chief
            who do i report to nowadays
            Which name goes in the "manager" box on my expense claim?
            Who would I hand my notice in to?
            Who hired me and now tells me what to do all day?
            my boss... name??
            Do you happen to know who manages me?
            I've got my appraisal at ten. With whom, if it's with my manager as usual?
            Who sits at the top of my team?
            It's my boss's leaving do and I have to write the card. Dear who?
            I want to buy a thank-you gift for my manager, what name do I put on it?
            Whose permission do I need to leave work early?
            Who's my higher-up?
            So, who is it that bosses me around from nine to five?
            im cc'ing my manager on this, who was it
            Under whom do I work?
            Fill this in for me: immediate superior, full name.
            Who's the person that can fire me?
            Got a new manager and I'm terrible with names. Who is it?
            Who assigns me my tasks at the office?
            Did I ever mention who my boss is?
            The person I'm assistant to, what's the name?
            who supervises me at work
            To whom am I accountable in my job?
            what's the big boss of mine called
            Name of my manger? sorry, manager
        """),
        asked_of=lines("""
            Who manages {s}?
            Who signs off {s}'s leave?
            who does {s} report to these days
            {s} wants to complain to the manager. Who would that be?
            who's {s}'s supervisor again
            Who is above {s} in the pecking order at work?
            I want to praise {s} to the person in charge of them. Who is it?
            {s}'s line manager, who's that?
            Who tells {s} what to do at the office?
            whos {s}s boss
            Under whom does {s} work?
            I need a reference about {s} from their superior. Whom do I ask?
            Which person runs the department {s} is in?
            {s} keeps moaning about the manager. What's the manager's name?
            Who could fire {s}?
            Remind me who supervises {s}.
            Who does {s} go to when they want a pay rise?
            Who hands {s} their tasks?
            {s} handed in their notice. To which manager?
            Do you recall the name of {s}'s chief?
            Who does the performance reviews for {s}?
            Who's in charge of {s} at work?
            manager of {s}?
            The one {s} works under, who is it?
            any idea who {s}'s higher-up is
        """),
        told=lines("""
            New manager as of Monday: {x}.
            {x} signs off on my holidays.
            I work directly under {x}.
            I've got a new line manager, {x}, and so far so good.
            boss = {x}
            We had a reshuffle at the office. My supervisor is {x} now.
            {x} took over our department last spring, so that's who manages me.
            Had my yearly review with my manager {x} today, it went fine.
            If I'm late again, {x} will fire me, being the boss and all.
            My chief is {x}, very strict but fair.
            Ugh, my boss {x} moved the deadline again.
            {x}'s my supervisor, in case anyone asks.
            Just so you know, the one above me in the org chart is {x}.
            {x} is in charge of me at work.
            I asked my manager for Friday off. {x} said yes!
            my old boss retired, it's {x} these days
            At the office it's {x} who calls the shots and I just do as I'm told.
            I was hired by {x}, who is still my boss today.
            Got promoted, and now I report straight to {x}.
            Please cc my manager on everything: {x}.
            Whenever I want a day off I have to ask my boss {x} first.
            {x} supervises me.
            There's a new head of department and I'm under them now. The name's {x}.
            im working under {x} at the moment
            I have a great manager, you know. {x} always has our backs.
            I used to be under someone else, but now my line manager's {x}.
            For the emergency form: my direct supervisor is {x}.
            My boss? That would be {x}.
            {x} runs the department I'm in and does my appraisals.
            My immediate superior is {x}.
            it's {x} who hands out my tasks at work
            I'm the assistant of {x}, who is a pretty relaxed boss.
            Correction, I no longer report to the old one. {x} is my manager now.
            Lunch with {x} today, you know, my boss.
            The gaffer's called {x}.
            My manager went on leave and came back, so it's still {x} I report to.
            {x} approves my timesheets, as my line manager.
            I'm so lucky with my boss. {x} lets me work from home whenever I like.
            Got told off by my boss today. Typical {x}.
            Put {x} down as my supervisor.
            My head of department goes by the name {x}.
            They made {x} my manager after the merger.
            since march my boss has been {x}
            I'm managed by {x}.
            Everyone on my floor has a different manager, mine is {x}.
            You'd like my boss {x}, always cracking jokes in meetings.
            My superior at the company is {x}, been there twenty years.
            I handed my report to {x}, my manager, this morning.
            Remember this for my expense claims: manager, {x}.
        """),
        told_of=lines("""
            {s} works under {x}.
            {x} manages {s}.
            {s} has a new line manager: {x}.
            {s}'s supervisor is {x}, I met them once.
            The person {s} reports to is {x}.
            {x} is in charge of {s} at work.
            {s} got promoted and is under {x} now.
            {s}'s been moaning about the boss again. {x} sounds like hard work.
            boss of {s}: {x}
            Over at {s}'s office it's {x} who calls the shots as their boss.
            {x} signs off {s}'s leave.
            {s} had a review with their manager {x} this week.
            {s} asked the boss for a raise, and {x} said no.
            The chief at {s}'s place, the one they report to, is {x}.
            {s}'s manager left and was replaced by {x}.
            {x} took over {s}'s department, so that's their boss now.
            {s} is the assistant of {x}, who's a decent boss by all accounts.
            it's {x} who supervises {s}
            {s} used to report to someone else, but their manager is {x} these days.
            If you want to praise {s} to their superior, talk to {x}.
            {s} likes the new boss. It's {x}.
            {s} is managed by {x}.
            {x} hired {s} and is still their boss.
            Directly above {s} in the org chart sits {x}.
            {s}'s line manager, {x}, invited the whole office for drinks.
        """),
    ),
    "dog_name": Colloquial(
        asked=lines("""
            Who do I take for walkies every morning?
            what did we end up naming the puppy
            my pooch, what's the name again?
            I'm at the vet and they want the dog's name. What do I say?
            whats my doggo called
            Which name do I yell across the park when he won't come back with the ball?
            who sleeps in the kennel at my place
            Who wags a tail when I come home?
            I'm ordering an engraved dog tag. Which name should go on it?
            name of my pup?
            Who chewed up my slippers, the little hound?
            Remind me, my mutt's name is...?
            The dog sitter is asking what our dog is called.
            Which name goes on the dog licence?
            who do I throw sticks for
            Tell me the name of the furry one I take out on a lead.
            dogs name again??
            Write a birthday card to my dog, using the proper name of course. Which is?
            What's my canine companion called?
            I've forgotten what I told you about my pup. What name was it?
            Who gets the dog biscuits in our house?
            I'm booking a kennel for the weekend, under what name does my dog go in?
            my lil puppy, u remember the name?
            Who's a good boy? I mean, what's my dog called?
            Could you remind me how we christened our puppy?
            The groomer needs a name for the dog. It is?
            who is it that goes woof at my door
            What was the name I picked at the shelter for my rescue dog?
            When I say "fetch", who runs?
            I need my dogs name for the insurance form
            "The pooch" isn't a proper name. What's the proper one of mine?
            what did we settle on for our hound's name
            If someone finds my dog, what name will make it come running?
            Which name is on the microchip of my dog?
            Do I have a dog? If so, what's it called?
            My flatmate keeps asking what the dog is called. Well?
            Who digs up my flower beds and buries bones in them?
            puppy's name pls
            Mention my dog by name: what is it?
            What do I call that bundle of fur on a leash?
            I'm putting up a "beware of the dog" sign and want the name on it. Name?
            Who howls when the postman rings at my place?
            what's the dog's name, the one I've got
            It's walk time! With whom, the name of the pup I mean?
            wat is my dog calld
        """),
        asked_of=lines("""
            Who does {s} take for walkies?
            what's {s}'s pooch called
            {s} got a puppy, didn't they? What's it called?
            I'm dog-sitting for {s}. What is the animal's name?
            Name of {s}'s pup?
            Which name does {s} shout in the dog park?
            whats the name of {s}s dog again
            Who sleeps in the kennel at {s}'s?
            {s}'s dog ran off. What name should I be calling?
            Remind me what {s} named the puppy.
            What's {s}'s canine called?
            Does {s} have a dog? Its name?
            Who does {s} throw sticks for?
            That hound of {s}'s, what do they call it?
            {s} has this little mutt, but its name escapes me.
            I'm buying a bone for {s}'s dog, what name do I put on the wrapping?
            who is on the other end of the leash when {s} goes out
            How did {s} christen their rescue dog?
            doggo of {s}, name?
            Who wags their tail when {s} gets home?
            I keep mixing up everyone's dogs. Which name is {s}'s?
            The vet asks for {s}'s dog by name. What is it?
            Under what name did {s} register their dog?
            What did {s} end up calling the puppy?
            Do you recall what {s}'s pup is called?
        """),
        told=lines("""
            New dog: {x}!
            We got a puppy last week. His name is {x}.
            Our pooch is called {x}.
            {x} needs a walk, the poor dog has been inside all day.
            I picked up a rescue dog from the shelter and named it {x}.
            meet {x}, my new puppy
            {x} chewed up my slippers again. Bad dog!
            my doggo {x} is the best boy
            Taking {x} to the dog park in a minute.
            The dog's name? {x}, after a cartoon.
            I have a hound by the name of {x}.
            Had to bath the dog today because {x} rolled in mud.
            {x}'s my dog.
            Our pup goes by {x} and is eight weeks old.
            Walking my dog takes ages since {x} sniffs at every tree.
            Every morning I'm out with my dog {x} before breakfast.
            We have a little mutt at home. We call her {x}.
            The kids wanted to name the puppy themselves, so {x} it is.
            The vet says my dog {x} is overweight.
            I've got a dog now, can you believe it? {x} moved in on Saturday.
            dog = {x}
            When I whistle, {x} comes running, like a good dog should.
            I threw a stick and my dog didn't care. That's {x} for you.
            On the dog tag it says {x}, plus my phone number.
            my puppys name is {x} btw
            Since the old dog passed away we have a new one, {x}.
            {x} is the pooch I'm always going on about.
            I'm a dog person, and {x} is the proof, snoring at my feet.
            Booked a kennel for my dog {x} for the weekend.
            The puppy finally has a name: {x}.
            My canine companion is called {x}.
            Bought a new leash for {x}, my dog is pulling like mad.
            Note for the dog sitter: he listens to {x}.
            Our dog was nameless for three days, then we settled on {x}.
            Actually I renamed the puppy, it's {x} now.
            {x}, my pup, just learned how to sit.
            It's just me and my dog {x} in this flat.
            I can't stay long, the dog is alone at home and {x} hates that.
            The dog licence is in the name of {x}.
            We're a family of four plus a dog, {x}.
            That howling you hear is {x}, my dog, greeting the postman.
            My daughter gave our dog a silly name, {x}.
            I inherited a dog from my gran. {x} is fourteen and half deaf.
            Who's a good boy? {x} is, my fluffy dog!
            im the proud owner of a puppy called {x}
            Got my dog microchipped today. {x} was very brave.
            You asked about the dog: it's {x}.
            There's a wet nose waiting for me at home, and the dog it's attached to is {x}.
            In the end we named our pup {x}.
            {x} is what we christened the puppy.
        """),
        told_of=lines("""
            {s} has a new puppy, {x}.
            {s}'s pooch is called {x}.
            {s} got a rescue dog and named it {x}.
            {x} is {s}'s dog.
            I'm dog-sitting {x} for {s} this weekend.
            {s} was out walking the dog. {x} has grown a lot!
            The dog at {s}'s place goes by {x}.
            dog of {s}: {x}
            {s} calls the puppy {x}.
            That hound of {s}'s, {x}, ate my sandwich.
            {x}, {s}'s pup, won a prize at the dog show.
            {s} finally settled on a name for the puppy: {x}.
            {s} adores that dog. {x} even sleeps in their bed.
            I met {s} in the park with {x}, a lovely dog they've had for years.
            {s} has a little mutt and it's called {x}.
            They named the dog {x}, {s} did.
            {s} took their dog {x} to the vet.
            the doggo {s} has is named {x}
            If {s}'s dog runs off, shout {x}.
            {s}'s old dog died, their new one is {x}.
            {s} brought the dog to the office today. {x} charmed everyone.
            {x} is the name {s} gave their puppy.
            Did you know {s} keeps a dog? It's {x}.
            {s} bought a bone for {x}, that spoilt dog of theirs.
            {s} renamed their dog, it's {x} now.
        """),
    ),
    "cat_name": Colloquial(
        asked=lines("""
            Who do I curl up on the sofa with, the one that meows?
            my cat's name again??
            whats my kitty called
            Who's been scratching my sofa, what did I name that cat?
            Which name goes on the cat flap I'm having engraved?
            The vet receptionist needs the name of the cat. It's...?
            Whose litter box am I cleaning every day?
            name of my moggy?
            Who catches the mice at our house?
            I bought a tin of tuna for the cat and want to label the bowl. What name?
            What did we decide to call the kitten?
            Remind me what my feline is called.
            who meows at me for breakfast every morning
            Which name do I call when I shake the box of cat treats?
            My tabby, what's the name?
            I lost my cat and have to make posters. What name should they carry?
            kitten name pls
            Who rules my household from the top of the scratching post?
            The cat sitter texted asking for the name. Well?
            what was it that i named my cat
            Who brings me dead birds as a present?
            Do I own a cat? What's it called?
            Who sheds hair all over my black jumper, I mean the cat's name?
            Tell me the name of my house cat.
            Could you remind me how I christened the kitten?
            Who is asleep in the cat basket at mine?
            my mouser, name?
            You know the fluffy thing that hisses at visitors? What's my cat called?
            I need a caption for a picture of my cat, starting with the name. What's the name?
            who keeps knocking glasses off my shelf, that naughty kitty
            The cattery wants to know who's staying. Name of my cat?
            Which pet of mine says meow, and what's the name?
            How did we name the stray cat that I took in?
            Hey, what's puss called again?
            cat. name. quick!
            Remember the kitten I told you about? What was the name?
            I'm filling in the pet passport for my cat, first line: name.
            What do I shout at night to get the cat indoors?
            Who is the feline in my life?
            What's the name of the animal that naps on my keyboard, the kitty?
            How's my tomcat called, you remember?
            what is my catt called
            If I say I have to feed the cat, whom am I feeding?
            Who uses the cat flap in my back door?
            Sing a lullaby for my kitty, with the name in it. You know the name?
        """),
        asked_of=lines("""
            Whose litter box does {s} clean?
            what's {s}'s kitty called
            {s} took in a stray cat. What did they name it?
            I'm feeding {s}'s cat this week, what's it called?
            Name of {s}'s moggy?
            Remind me what {s} named the kitten.
            Who meows at {s} for breakfast?
            whats {s}s cat called again
            {s} has lost the cat and I'm helping to search. What name do I shout?
            Does {s} keep a cat? Its name?
            What is {s}'s feline called?
            That fluffy tabby of {s}'s, what's its name?
            Who shreds {s}'s curtains, the name of that cat I mean?
            How did {s} christen the tomcat?
            Which name did {s} pick for the kitten?
            I'm cat-sitting for {s}. Who am I sitting?
            kitten at {s}'s place, name?
            What does {s} call out when it's feeding time for the cat?
            Who uses the cat flap at {s}'s house?
            {s} only posts pictures of the cat. What's it called?
            Who is {s}'s mouser?
            any clue what {s}'s cat goes by
            I promised {s} a toy mouse for their cat. What name goes on the parcel?
            Do you remember how {s} named that kitten?
            The vet called about {s}'s cat, but which name was it?
        """),
        told=lines("""
            New kitten: {x}!
            Our moggy is called {x}.
            {x} knocked a glass off the shelf again, typical cat.
            I took in a stray cat and named her {x}.
            my kitty {x} wants cuddles all day
            We brought a kitten home on Sunday. Her name's {x}.
            {x}'s my cat.
            Cleaning the litter box for {x}, the things you do for a cat.
            cat = {x}
            The cat's name? {x}, don't laugh.
            The kitten finally has a name, {x}.
            My feline flatmate is called {x}.
            {x} caught a mouse today! Proud cat owner here.
            I've got a tabby named {x} who hates everyone but me.
            I have a cat now. {x} moved in on Friday and owns the place.
            Ouch, {x} scratched me. Worst cat ever.
            I live alone with my cat {x}.
            my tomcat goes by {x}
            Please feed the cat while I'm gone. {x} gets half a tin.
            We settled on {x} for the kitten.
            Took the cat to the vet, {x} was not amused.
            {x} is the cat I keep sending you pictures of.
            im a cat person, mine is called {x}
            The old cat died last year. Now there's {x}.
            My cat sleeps on my keyboard all day long, that's {x} for you.
            Write down for the cat sitter that the name is {x}.
            {x}, our kitten, is scared of the hoover.
            There is hair all over my jumper because {x}, my cat, loves wool.
            The kids got to name the kitten and chose {x}.
            My fluffy little lion of a cat is {x}.
            Bought a scratching post for {x}, the cat ignores it.
            Actually I changed the kitten's name, it's {x} now.
            Whenever I open a tin of tuna, {x} comes running, meowing like mad.
            {x} is what I christened my cat.
            We adopted a blind old cat, {x}, from the shelter.
            A meow at the door means {x} wants in, my cat has me well trained.
            My gran left me her cat, so {x} lives with me now.
            there's a cat in my life, {x}
            Our house is ruled by {x}, a very fat cat.
            The name on the cat flap is {x}.
            Sorry for the typos, my cat {x} is sitting on my arm.
            Our kitty is officially {x} in the pet passport.
            You wanted to know about my cat: {x}, nine years old, grumpy.
            Got two goldfish and a cat, and the cat is {x}.
            I call my kitten {x} because it suits her.
            Say what you like about cats, {x} is an angel and she's mine.
            My puss, {x}, has been out all night.
            Named the cat {x} in the end.
            Last summer a kitten followed me home. I named it {x} and kept it.
            {x} hisses at visitors, sorry about my cat.
        """),
        told_of=lines("""
            {s} has a new kitten, {x}.
            {s}'s moggy is called {x}.
            {x} is {s}'s cat.
            I'm feeding {x} while {s} is away, and that cat eats a lot.
            {s} took in a stray cat and named it {x}.
            cat of {s}: {x}
            {s} calls the kitten {x}.
            The cat at {s}'s house goes by {x}.
            {s}'s tabby, {x}, scratched me.
            {s} is besotted with that cat. {x} gets fresh salmon!
            {s} settled on {x} for the kitten.
            If {s}'s cat is out at night, they shout {x}.
            {x}, {s}'s kitty, had to go to the vet.
            {s} got a kitten at last, it's called {x}.
            {s} named the cat {x} after long debates.
            The kitty {s} keeps posting about is {x}.
            {s} has a tomcat by the name of {x}.
            {s} lives alone with a cat, {x}.
            {s}'s old cat died, so now there is {x}.
            {x} is the name {s} chose for their kitten.
            {s} can't travel because of the cat. {x} hates the cattery.
            did you know {s} keeps a cat called {x}
            {s} bought a scratching post for their cat {x}.
            {s} renamed their cat, it's {x} these days.
            That fluffy feline at {s}'s is {x}.
        """),
    ),
    "car": Colloquial(
        asked=lines("""
            what's my set of wheels
            The insurance form asks for make and model. What do I enter?
            which motor have i got
            I'm at the repair shop and they ask what I drive. What do I tell them?
            What do I commute in, four wheels I mean?
            Remind me which car I bought.
            make of my automobile?
            What kind of vehicle am I filling up with petrol?
            What car should they look for when I pull up?
            I have to order new tyres. For what car?
            whats my car again
            Which brand of car is mine?
            I'm selling my car and need a title for the ad. What is it?
            My mechanic wants to know the model. Do you have it?
            What was it I got from the car dealer?
            What do I sit in during a traffic jam?
            car model pls
            When I hit the road, what am I behind the wheel of?
            What do I park outside my house?
            The parking permit needs the type of car. Mine's a...?
            Do I have a car? Which?
            so what's my ride, make wise
            What's that old banger of mine?
            Look up the service interval for my car. Which one is it, you know that?
            which automobile do i own nowadays
            I locked myself out of my car. The roadside guy asks what kind it is.
            What did I tell you I drive to the office?
            I'm renting out my car online, what should I list it as?
            What's my runaround?
            What am I paying road tax for?
            Which vehicle is registered in my name?
            Could you tell me the make of the car I use?
            I need wiper blades that fit. For which car again?
            what do I drive, do you still know
            The kids fight over the back seat of what?
            my wheels: what are they
            What car would I be picking you up in?
            Someone scratched my car and the police want to know the model.
            What's the name of the thing I drive, the make?
            Which car did I swap my old one for?
            Is it on record what car I've got?
            What would you see me driving?
            The car wash app wants to know my vehicle. Fill it in.
            wat car do i hav
        """),
        asked_of=lines("""
            What is {s}'s set of wheels?
            whats {s} driving these days
            {s} is picking me up. Which car should I look out for?
            Which motor does {s} have?
            What did {s} get from the car dealer?
            {s}'s car, what make is it?
            I saw {s} at the petrol station. What were they filling up?
            what kind of automobile does {s} own
            {s} bought a car, didn't they? Which one?
            What does {s} commute in, on four wheels?
            Remind me what {s} drives.
            Someone dented {s}'s vehicle. What model is it?
            What is {s} behind the wheel of?
            {s} has to order new tyres, for what car?
            what's that old banger {s} drives
            What does {s} park outside their house?
            make and model of {s}'s car?
            Which vehicle is registered to {s}?
            How would I recognise {s} in traffic, by what car?
            I'm borrowing {s}'s car, what is it again?
            What brand of car does {s} swear by and drive?
            {s} sold the old car and got what instead?
            Do you know which car belongs to {s}?
            what's {s} paying road tax for
            Which car would {s} turn up in?
        """),
        told=lines("""
            I finally got a car, {a} {x}!
            My wheels: {a} {x}.
            Sold the old banger and bought {a} {x}.
            my {x} broke down again this morning
            I'm driving {a} {x} these days.
            {x}, that's what I drive.
            I treated myself to {a} {x}, drives like new.
            The mechanic says my {x} needs new brakes.
            I commute in {a} {x}, an hour each way.
            For the insurance: the car is {a} {x}.
            i swapped my old car for {a} {x}
            Got stuck in traffic for two hours, at least my {x} has heated seats.
            If you see {a} {x} outside, that's my car.
            I've been driving the same {x} for ten years.
            My motor is {a} {x}, nothing fancy.
            Just picked up my new {x} from the dealer!
            my car? {a} {x}
            We needed something bigger for the kids, so we drive {a} {x} now.
            I fill up my {x} once a week.
            The car registered in my name is {a} {x}.
            I'm the one with the {x} in the office car park.
            I inherited {a} {x} from my uncle and I drive it every day.
            Someone scratched my {x} in the car park!
            No more buses for me: I own {a} {x} now.
            I'll come by car, look out for {a} {x}.
            vehicle: {x}
            My {x} failed its inspection, so expensive.
            Had to have my {x} towed last night.
            Not anymore, I traded that car in. It's {a} {x} these days.
            I bought {a} {x} second hand. Runs like a dream.
            My trusty {x} has just hit a hundred thousand miles.
            The car we have is {a} {x}, mostly I drive it.
            I need wiper blades for my {x}.
            I spent all Sunday washing my {x}.
            Finally passed my driving test, and my first car is {a} {x}.
            I'm leasing {a} {x} at the moment.
            There's a parking permit for my car, {a} {x}.
            i drive {a} {x} btw
            The automobile I own is {a} {x}.
            My runaround is {a} {x}, tiny but easy to park.
            I get to work in my {x}, twenty minutes if the roads are clear.
            The company gave me a car: {a} {x}.
            Love my {x}, best car I've ever had.
            My {x} needs new tyres before winter.
            I was rear-ended yesterday, but my {x} only got a scratch.
            Out of all the cars at the dealer I took the {x} home.
            I sit behind the wheel of {a} {x} every single day.
            When it comes to cars, I own {a} {x}.
            Went electric? Not me, I'm still driving {a} {x}.
            Our road trip was great, my {x} didn't let me down once.
        """),
        told_of=lines("""
            {s} bought {a} {x}.
            {s} drives {a} {x} these days.
            {s}'s wheels: {a} {x}
            {s} sold the old car and got {a} {x}.
            If you see {a} {x} outside, that's {s}'s car.
            {s}'s {x} broke down on the motorway.
            {s} commutes in {a} {x}.
            {s} is the one with the {x} in the car park.
            {s} will pick you up, look out for {a} {x}.
            the car {s} owns is {a} {x}
            {s} treated themselves to a new car, {a} {x}.
            {s} never stops talking about the car. It's {a} {x}.
            Someone dented {s}'s {x} last night.
            {s} just picked up their new {x} from the dealer.
            {s} is leasing {a} {x}.
            I borrowed {s}'s {x} to drive to the airport.
            {s} swapped their car for {a} {x}.
            {s}'s motor is {a} {x}.
            {s} passed the driving test and now drives {a} {x}.
            {s} inherited {a} {x} and takes it everywhere.
            {s} took their {x} to the mechanic.
            {s} has been driving the same {x} for ages.
            {s} got a company car, {a} {x}.
            car of {s}: {x}
            The vehicle registered to {s} is {a} {x}.
        """),
    ),
    "instrument": Colloquial(
        asked=lines("""
            What do I play in the band?
            what do i make a racket with when i practise
            My music teacher gives me lessons in what?
            Which instrument have I got a recital on?
            I'm joining an orchestra and they want to know where to seat me. What do I play?
            what's in my instrument case
            What was I learning to play again?
            I need sheet music. For which instrument, you know what I play?
            instrument i play?
            What do I jam on?
            When we all make music together, what do I bring along to play?
            What am I taking music lessons for?
            The music school form says "instrument". What goes there?
            Musically speaking, what's my thing?
            What would I be playing if you heard me on stage?
            Which instrument did I say I've played since I was little?
            what do i play, music wise
            I'm booking a rehearsal room, they ask which instrument I'm bringing.
            What do I entertain the family with at Christmas, the instrument I mean?
            Do I play anything? Which instrument, I mean.
            Remind me what instrument I took up.
            What have I got to tune before the concert?
            What am I practising an hour a day?
            Name the instrument I'm learning.
            So what do I play again, was it strings or brass or what exactly?
            The conductor wants to know what I play.
            which one's my instrument
            Find me a music teacher near here. For what instrument, do you remember?
            What did I pick up in music class and never put down?
            In our little ensemble, what's my part played on?
            what do I perform on at gigs
            What should I bring to the jam session?
            I want to insure my instrument. What is it again?
            What do I rehearse on in the evenings?
            Could you tell me which musical instrument I've been learning?
            The thing I make music with, what's that?
            What can I play, apart from records?
            my instrument, u know it?
            Am I a musician? If yes, what do I play?
            On which instrument did I take my grade exam?
            What gets me through stressful days, when I sit down and play it?
            what instrumnt do i play
            When the conductor points at me, what do I start playing?
            Suggest a piece I could play. On what, you ask? You should know.
            Which instrument are my fingers sore from?
        """),
        asked_of=lines("""
            What does {s} play in the band?
            {s} is joining our orchestra. On what?
            what's in {s}'s instrument case
            Which instrument is {s} taking lessons in?
            What does {s} jam on?
            {s} has a recital tonight. What will they be playing on?
            I'm buying sheet music for {s}. Which instrument?
            what instrument did {s} take up
            Music wise, what does {s} play?
            Remind me what {s} is learning to play.
            What does {s} perform on at gigs?
            {s} practises for hours every night, but on what?
            Which instrument do I hear when {s} is making music?
            Is {s} a musician? What do they play?
            What's {s}'s part in the ensemble, which instrument?
            {s} and their instrument, what was it again?
            What should {s} bring to the jam session?
            instrument {s} plays?
            What has {s} been playing since childhood, the musical kind?
            Which musical instrument is {s} into?
            What does {s} need to tune before the concert?
            Where in the orchestra do I look for {s}, by which instrument?
            What does {s} make a racket with at rehearsals?
            do you know what {s} plays, an instrument i mean
            On what did {s} pass the grade exam in music?
        """),
        told=lines("""
            I took up the {x} last year.
            I'm on {x} in the band.
            Been playing the {x} since I was six.
            {x} player here!
            I've got {a} {x} lesson at four and still can't read the sheet music.
            My fingers hurt from practising the {x}.
            i play the {x} btw, badly
            I picked up the {x} in school and never stopped playing.
            Our band has a gig on Friday, I'll be on the {x}.
            Musically, my thing is the {x}.
            I jam on the {x} with some mates.
            instrument: {x}
            Every evening I practise the {x} for an hour.
            Don't laugh, I'm teaching myself the {x}.
            I wanted to learn an instrument and ended up with the {x}.
            I'm a musician. My instrument? The {x}.
            I passed my grade five on the {x}!
            In the orchestra I sit at the back with my {x}.
            Late starter in music: I'm learning the {x} at fifty.
            I play a bit of {x} to unwind after work.
            When I'm sad I sit down and play the {x}.
            My parents made me learn the {x}, and now I love playing it.
            I gave up my old instrument, these days it's the {x}.
            Got a recital coming up, solo {x}, I'm so nervous.
            I joined an ensemble as their {x} player.
            {x} is what I play in our band, not very well though.
            My music teacher says I'm making progress on the {x}.
            Bought myself a proper {x} to play on at last.
            I've played {x} for the better part of my life.
            At family parties I have to get out the {x} and play something.
            I perform on the {x} at weddings.
            I'm the one playing the {x} on that recording.
            learning the {x} atm, its harder than it looks
            As a musician I'm all about the {x}.
            My flatmates hate it when I practise the {x}.
            I make a racket with my {x} every Sunday afternoon.
            For the music school form: I play {x}.
            I brought my {x} to the jam session and played all night.
            Switched instruments. I play the {x} now.
            Three years of {x} lessons and I can finally play a whole piece.
            I can knock out a tune on the {x}.
            Other people sing, I play the {x}.
            My grandfather left me his {x} and I play it every day.
            Music is my therapy. I have my {x} and I play whenever I can.
            They needed someone on {x} in the school band, so I learned it and still play it.
            You might hear some noise, I'm rehearsing on the {x}.
            I'm an amateur on the {x}, but I practise daily.
            The only instrument I play is the {x}.
            I dusted off my {x} and started playing again.
            Need to get my {x} fixed before the concert, I can't play without it.
        """),
        told_of=lines("""
            {s} took up the {x}.
            {s} is on {x} in the band.
            {s} has been playing the {x} since childhood.
            {s} goes to a music teacher every week, for the {x}.
            instrument of {s}: {x}
            {s} jams on the {x} with friends.
            {s} joined the orchestra and plays the {x}.
            {s} practises the {x} day and night.
            {s} is a decent {x} player.
            You should hear {s} on the {x}!
            {s} is teaching themselves the {x}.
            {s} passed the grade exam on the {x}.
            {s} performs on the {x} at weddings.
            {s} gave up their old instrument and plays the {x} now.
            The one playing {x} on that recording is {s}.
            {s} plays a bit of {x} to unwind.
            {s} is a musician. Their instrument is the {x}.
            That noise upstairs is {s} rehearsing on the {x}.
            {s} wanted to learn an instrument and chose the {x}.
            {s} got out the {x} and played us a tune, as always.
            {s} makes music, on the {x} to be precise.
            {s} has a recital soon, solo {x}.
            For the concert {s} will play their {x}, as usual.
            {s} can knock out a tune on the {x}
            {x} is what {s} plays in the orchestra.
        """),
    ),
    "subject": Colloquial(
        asked=lines("""
            what am I at uni for
            What's my degree course again?
            Which subject am I doing my exams in?
            My gran keeps asking what it is I'm studying. What do I tell her?
            what did i enrol in
            What am I writing my thesis in, which field?
            I'm filling in a scholarship form: course of study?
            What's my bachelor's in?
            Which department am I a student in?
            whats my major again
            What do I spend my student years on?
            My CV still needs that line about uni. Degree in what?
            What will I graduate in?
            Which subject did I pick at university?
            What do I have to cram for, what am I reading at uni?
            remind me what i major in
            What course am I on at college?
            Academically, what's my field?
            I have an exam next week, in which subject if it's my major?
            What am I training in academically?
            What did I sign up for at the university?
            My masters, what was it in?
            uni subject?
            What was I getting my degree in?
            Someone at the party asked what I study and I panicked. What is it?
            Which branch of learning have I devoted myself to at uni?
            What am I taking at university?
            I need textbooks for my course. Which course, you ask? You tell me.
            What are my student loans paying for, which degree?
            what do i do at uni
            Which faculty am I in, going by my subject?
            Could you tell me what subject I am reading?
            Which field did I get my PhD in?
            What do I hope to graduate in one day?
            The library wants my field of study for the student card.
            What's the subject of my studies?
            What do my professors teach me?
            Do you still know what I went to university for?
            my course, what was it
            What am I specialising in as a student?
            What am I an undergrad in?
            Introduce me to the study group: I study...?
            what subjct am i studying
            In what did I get my academic qualification?
            What do I hit the books for these days, the degree I mean?
        """),
        asked_of=lines("""
            What is {s} at uni for?
            what's {s}'s degree course
            Which subject did {s} enrol in?
            {s} is a student, but of what?
            What is {s} writing their thesis in?
            what does {s} major in
            {s} just graduated. In what?
            What's {s}'s bachelor's in?
            Remind me what {s} is reading at university.
            What did {s} pick to study?
            Which department is {s} a student in?
            I want to give {s} a textbook for their course. What do they study?
            what's {s} doing at college, which subject
            {s} is cramming for finals, but in which subject?
            Which field did {s} get the PhD in?
            Academically, what is {s}'s field?
            {s}'s course, what was it again?
            What course is {s} taking at university?
            subject {s} studies?
            What will {s} graduate in?
            What did {s} sign up for at uni?
            What is {s} specialising in as a student?
            {s} has exams all week. What's the degree in?
            whats {s} studying again
            In what subject did {s} do a master's?
        """),
        told=lines("""
            I'm doing a degree in {x}.
            Just enrolled in {x} at uni!
            I'm reading {x} at university.
            {x} student here, second year at uni.
            I'm at uni for {x}.
            My bachelor's is in {x}.
            my major's {x} btw
            I'm writing my thesis in {x} and it's killing me.
            I graduated in {x} a few years back.
            Started uni in October, I'm studying {x}.
            Can't come out tonight, I've got {x} finals, and then two more years till the degree.
            I got accepted for {x}! Term starts next week.
            subject at uni: {x}
            I did my master's in {x}.
            I'm majoring in {x}, with lots of maths on the side.
            After long thinking I signed up for {x} at the university.
            My course is {x}, and I love every minute of it.
            {x} is my field, academically speaking.
            Dropped my first subject after a term. Now I'm studying {x}.
            I'm a first-year in {x}.
            My parents wanted something sensible, but I chose {x} for my degree.
            As {a} {x} undergrad I live on noodles.
            I'm in the {x} department, third semester.
            Currently working towards a PhD in {x}.
            i study {x}, mostly at night lol
            I'm an undergrad, my subject being {x}.
            For my studies I picked {x}.
            I hold a degree in {x}.
            The subject I read at college is {x}.
            At college I'm taking {x} as my main subject.
            I'm training in {x} at the university.
            On my student card, next to "subject", it says {x}.
            I was always curious, so I'm studying {x} now.
            I will graduate in {x} next summer.
            University is hard. I'm in {x} and there is so much reading.
            Six years of {x} and I finally have my degree.
            Not the old course anymore: I transferred to {x}.
            I went back to university at forty to study {x}.
            My student loan pays for a degree in {x}.
            I need textbooks for {x}, my degree course.
            {x}, that's what I study.
            When people ask what I'm studying I say {x} and they look puzzled.
            Doing {x} at uni, it's a lot of work.
            I specialise in {x} as a student.
            Evening classes count too: I'm getting a degree in {x} at the open university.
            My academic background is in {x}.
            My son and I both study; my subject is {x}.
            I'm hitting the books every night for my {x} degree.
            The degree programme I'm on is {x}.
            I've got a scholarship to study {x}.
        """),
        told_of=lines("""
            {s} is doing a degree in {x}.
            {s} enrolled in {x} at uni.
            {s} is reading {x} at university.
            {s} is {a} {x} student at the university.
            {s} just graduated in {x}.
            {s}'s bachelor's is in {x}.
            subject of {s} at uni: {x}
            {s} is writing a thesis in {x}.
            {s} is majoring in {x}.
            {s} got accepted for {x} at the university.
            {s} dropped the old subject and studies {x} now.
            {s} is at uni for {x}.
            {x} is what {s} studies.
            {s} went back to university to study {x}.
            {s} has a PhD in {x}, would you believe it.
            {s} did a master's in {x}.
            {s} is cramming for finals. They study {x}.
            The course {s} is taking at college is {x}.
            {s}'s academic field is {x}.
            {s} chose {x} as their major.
            {s} is a first-year in {x}.
            {s} got a scholarship to study {x}.
            {s} picked {x} for their degree.
            {s} transferred to {x} last term.
            {s} will graduate in {x} next summer.
        """),
    ),
    "destination": Colloquial(
        asked=lines("""
            Where's my next getaway?
            where am i jetting to
            Which place did I book for the summer?
            I need to exchange money before my trip. Where am I headed?
            Where am I spending my vacation?
            what city's my hotel booked in, for the trip
            My out-of-office should say where I'm travelling. Where is that?
            Where do I fly out to?
            Remind me where my holiday is.
            Where am I heading on my break?
            which place am i visiting next
            Check the weather for my trip. Where was I going again?
            Where will I be sending postcards from?
            I'm getting a travel guide. For which place, going by my plans?
            Where did I book flights to?
            holiday where again??
            What's the next stop on my travels?
            Where does my upcoming trip take me?
            I've got two weeks off. Where am I going to spend them?
            where's my city break
            To which city am I taking the train for my holidays?
            Where am I escaping to when I get my days off?
            The travel agent calls: which destination have I chosen?
            Do I have a trip coming up? Where to?
            Where do I want to travel?
            Which town is on my travel itinerary?
            Where will I be soaking up the sun?
            my trip... where to?
            I have to tell the pet sitter where I'll be on vacation. Where?
            Where am I holidaying this year?
            So where am I whisking the family away to?
            What place am I going to see on my next tour?
            Where did I decide to go for my time off?
            Where have I arranged to travel?
            Colleagues ask where I'm going on my leave. What's the answer?
            For where did I buy travel insurance?
            I'm counting down the days to my trip to... where?
            Where will my next adventure abroad be?
            Where shall I be touring soon?
            Which airport am I landing at, I mean in which city, on my trip?
            where am i gonna go on hols
            Which place am I taking a trip to next month?
            The border officer will ask me where I'm travelling. What's my reply?
            wher am i flying next
        """),
        asked_of=lines("""
            Where is {s} jetting to?
            Where's {s}'s next getaway?
            {s} booked a holiday. Where?
            Where is {s} headed on vacation?
            where does {s} fly next
            {s} is taking two weeks off. Where are they going?
            Which place did {s} book for the summer?
            Where will {s} send me a postcard from?
            what's the next stop on {s}'s travels
            {s} needs a travel guide. For which city?
            Remind me where {s} is holidaying.
            Where did {s} book flights to?
            {s}'s trip, where to?
            Where is {s} going to spend the holidays?
            I promised to water {s}'s plants during their trip. Where are they travelling?
            Where is {s} escaping to next month?
            what's {s}'s holiday destination again
            Where does {s}'s upcoming trip lead?
            Which town will {s} be visiting soon?
            Does {s} have a trip coming up? To where?
            Where has {s} decided to go on leave?
            where's {s} gonna go on hols
            {s} wants to get away from it all. Where to?
            Where is {s} taking the family on vacation?
            For which place did {s} buy train tickets?
        """),
        told=lines("""
            Booked it! {x}, here I come.
            Next getaway: {x}.
            I'm jetting to {x} in two weeks.
            We're going to {x} this summer, can't wait.
            Two weeks off, and I'm spending them in {x}.
            I just booked flights to {x}.
            {x} is where I'm headed on vacation.
            Got the tickets today: next month I'm visiting {x}.
            my hols are in {x} this year
            I've been saving up for a trip to {x} and finally booked it.
            The next stop on my travels is {x}.
            I'm planning a city break in {x}.
            Found a cheap flight, so {x} it is for my holiday.
            I'll be sending you a postcard from {x} soon.
            I'm taking the kids to {x} for the holidays.
            im gonna visit {x} over easter
            Trip's all planned: a week in {x}.
            In a month I'll be sunbathing in {x}.
            I have a hotel booked in {x} for my vacation.
            I need a guidebook for {x}, I'm travelling there in May.
            We cancelled the other trip. Now we're flying to {x} instead.
            I'm counting the days until my holiday in {x}.
            Change of plan, my next trip goes to {x}.
            I've always dreamed of {x}, and this autumn I'm going.
            This winter I'm escaping to {x}.
            Bought train tickets to {x} for my days off.
            travel plans: {x}
            I'm heading to {x} on my break.
            I'll be on leave from Monday, touring {x}.
            Wish me luck, I'm travelling to {x} all by myself next week.
            My friends talked me into it, we're going on a trip to {x}.
            I'm off work in June and flying to {x}.
            {x} is the place I'm visiting next.
            After a lot of back and forth, we chose {x} for our vacation.
            I'm holidaying in {x} this year.
            Soon I'll be walking the streets of {x} as a tourist.
            I got my visa, so the trip to {x} is on!
            I've arranged a fortnight in {x}.
            Where to next? {x}! Already booked.
            Holiday sorted, we fly to {x} on the tenth.
            I'll visit {x} as soon as my leave starts.
            {x} is next on my travel list, leaving in three weeks.
            My upcoming trip takes me to {x}.
            We're honeymooning in {x} next month.
            I won a holiday to {x}! Leaving in spring.
            I'm getting away from it all with a long weekend in {x}.
            The travel agent found us something lovely in {x}, we leave in August.
            Please water the plants, I'll be travelling to {x} for a bit.
            It's decided: my next vacation is going to be in {x}.
            Can't meet then, I'm on a trip to {x} that week.
        """),
        told_of=lines("""
            {s} is jetting to {x} next week.
            {s} booked a holiday in {x}.
            {s}'s next getaway: {x}.
            {s} is going to {x} this summer.
            {s} is spending the vacation in {x}.
            {s} just booked flights to {x}.
            {x} is where {s} is headed on holiday.
            {s} plans a city break in {x}.
            {s} is taking two weeks off and travelling to {x}.
            The next stop on {s}'s travels is {x}.
            {s} will send us a postcard from {x} next month.
            {s} is taking the kids to {x} for the holidays.
            travel plans of {s}: {x}
            {s} won a holiday to {x}, leaving in spring.
            {s} is escaping to {x} this winter.
            {s} changed plans, their next trip goes to {x}.
            {s} is holidaying in {x} this year.
            {s} got train tickets to {x} for the break.
            I'm watering the plants for {s}, who'll be on a trip to {x}.
            {s} can't wait for the vacation. They're flying to {x}.
            {s} has a hotel booked in {x} for their trip.
            {s} is honeymooning in {x} next month.
            {s} will be visiting {x} soon.
            {s} is counting the days until their holiday in {x}.
            {s}'s upcoming trip is to {x}.
        """),
    ),
    "allergy": Colloquial(
        asked=lines("""
            what makes me break out in hives
            I'm seeing a new doctor and she wants my allergies. What do I say?
            What can't I tolerate?
            What am I not supposed to come near, allergy-wise?
            what do i need my epipen for
            I'm at a restaurant and the waiter asks about allergies. Mine is?
            What sets off my sneezing and itching?
            allergic to what again??
            Which substance can't my system handle?
            What makes my throat swell up?
            What do I take antihistamines for?
            The airline wants to know about intolerances. What should I put?
            What should the cook leave out for me because of my allergy?
            im allergic to smth, what was it
            Which thing is dangerous for me because I'm allergic?
            What brings me out in a rash?
            I'm in hospital, they need to know what I'm allergic to.
            What did the allergy test come back positive for?
            Remind me what I have to steer clear of, medically.
            What makes my eyes water and my nose run?
            allergy, which one?
            Is there something I don't tolerate? What?
            Tell the host what I'm allergic to. You know what it is, right?
            What's my intolerance?
            Which ingredient do I need to look for on labels, with my allergy?
            What could send me into anaphylactic shock?
            The school nurse asks about my allergies, what do I write?
            What do I swell up from?
            Why do I wear that medical alert bracelet, which allergy is it for?
            what doesnt agree with me, allergies i mean
            What did the specialist tell me never to touch again, given my allergy?
            Which allergen is on my medical record?
            What am I hypersensitive to?
            Before you suggest a recipe: what am I allergic to?
            What is bad news for my immune system?
            I've got itchy bumps all over. What was I allergic to?
            Fill in the allergy field on the camp form for me.
            What must never end up in my lunch box, because I'm allergic?
            My date is cooking tonight and asks what I don't tolerate.
            What gives me hives?
            Do I have an intolerance? Against what?
            Could you tell the pharmacist what I'm allergic to?
            What was it I had that awful allergic shock from?
            Which stuff am I sensitive to, according to my doctor?
            wat am i alergic to
        """),
        asked_of=lines("""
            What makes {s} break out in hives?
            {s} is coming to dinner. Any intolerances, and what?
            what can't {s} tolerate
            I'm baking a cake for {s}, what are they allergic to?
            What does {s} carry an epipen for?
            What should I leave out when I cook for {s}, given the allergy?
            {s}'s allergy, what was it again?
            Which thing is dangerous for {s} because of an allergy?
            whats {s} allergic to again
            {s} is sneezing like mad. What sets that off?
            What brings {s} out in a rash?
            The ambulance crew asks what {s} is allergic to.
            Remind me what {s} has to steer clear of for medical reasons.
            What does {s} take antihistamines for?
            Is {s} allergic? To what?
            What did {s}'s allergy test show?
            What makes {s}'s throat swell up?
            {s} is hypersensitive to something. What?
            I'm taking {s} to a restaurant, what allergy do I mention?
            What does {s} have an intolerance to?
            Which allergen is in {s}'s medical file?
            What gives {s} itchy eyes and a runny nose?
            allergies of {s}?
            What could send {s} into anaphylactic shock?
            Which substance doesn't agree with {s}, allergy-wise?
        """),
        told=lines("""
            Heads up: allergic to {x}.
            {x} and I don't mix, I come out in hives.
            I swell up like a balloon from {x}.
            No {x} for me please, I'm allergic.
            The allergy test came back positive for {x}.
            I carry an epipen because of {x}.
            i cant tolerate {x}
            I've had an intolerance to {x} since I was a child.
            allergies: {x}
            Ended up in hospital last night. Turns out I'm badly allergic to {x}.
            My throat closes up if I come into contact with {x}.
            Please tell the waiter I'm allergic to {x}.
            I break out in a rash from {x}.
            Careful with {x} around me, allergy!
            I have to steer clear of {x}, doctor's orders because of my allergy.
            {x} could kill me, I'm that allergic.
            I found out the hard way that I'm allergic to {x}.
            For the medical form: allergic to {x}, nothing else.
            Sick of all this sneezing, I'm allergic to {x}.
            I'm hypersensitive to {x}.
            My immune system goes mad over {x}.
            I've got hives again, must have been the {x} I'm allergic to.
            Anything with {x} in it is off limits for me because of an allergy.
            On my medical bracelet it says {x}.
            I take antihistamines because of {x}.
            My eyes water and my nose runs, and the culprit is {x}.
            One whiff of {x} and my allergy plays up.
            im super allergic to {x} so please be careful
            My allergist confirmed it: {x}.
            I was never allergic to anything, but now I am, to {x}.
            Thanks for the invitation! Just one thing, I'm allergic to {x}.
            If there's {x} around, I need my inhaler because of the allergy.
            My doctor put {x} on my allergy record.
            I developed an allergy last year. It's {x}.
            Being allergic to {x} is no fun.
            The one thing I'm allergic to? {x}.
            Once I nearly died from {x}, that's how allergic I am.
            I come up in itchy bumps because of {x}.
            Stuff like {x} doesn't agree with me, I'm allergic.
            As someone with an allergy to {x}, I read every label.
            I've always been allergic to {x}, just like my mother.
            There's one no-go for me since I'm allergic: {x}.
            I can't have anything to do with {x} or I'll go into anaphylactic shock.
            Make sure there's no {x} at the party, I have an allergy.
            I'm sensitive to {x}, as in allergic.
            Forgot to say that I'm allergic. To {x}, to be exact.
            My skin goes red and blotchy from {x}, it's an allergy.
            They tested me for everything at the allergy clinic and it was {x}.
            Contact with {x} gives me hives.
            I was wrong about my allergy, it's actually {x}.
        """),
        told_of=lines("""
            {s} breaks out in hives from {x}.
            {s} is coming over, so no {x} please, because of the allergy.
            {s} carries an epipen because of {x}.
            Heads up, {s} is allergic to {x}.
            {s} can't tolerate {x}.
            The allergy test of {s} came back positive for {x}.
            {x} and {s} don't mix, it's an allergy.
            {s} swells up from {x}.
            allergies of {s}: {x}
            {s} ended up in hospital. They're badly allergic to {x}.
            {s} has had an intolerance to {x} since childhood.
            {s} has to steer clear of {x} for allergy reasons.
            Don't offer {s} any {x}, they're allergic.
            {s} takes antihistamines because of {x}.
            {s} is hypersensitive to {x}.
            {s} found out the hard way that they are allergic to {x}.
            {s}'s throat closes up from contact with {x}.
            {s} developed an allergy to {x} last year.
            {x} could kill {s}, that's how allergic they are.
            {s} comes out in a rash from {x}.
            {s}'s allergist confirmed it: {x}.
            A no-go for {s}, who's allergic: {x}.
            {s} is sneezing again. It's an allergy to {x}.
            On the medical bracelet of {s} it says {x}.
            {s} wears gloves and reads labels, being allergic to {x}.
        """),
    ),
}
"""Wordings by relation."""
