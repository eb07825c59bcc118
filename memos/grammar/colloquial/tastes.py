"""Colloquial wordings: favourite colour, food, drink, band, film, book, and sport and hobby. Data only."""

from __future__ import annotations

from memos.grammar.colloquial.form import Colloquial, lines

TASTES: dict[str, Colloquial] = {
    "colour": Colloquial(
        asked=lines("""
            my colour again??
            ok quick one, which colour am I obsessed with
            If you were wrapping a gift for me, what shade of paper would I be delighted by?
            I'm ordering a phone case. Which colour would I obviously go for?
            Help me pick paint: which hue am I crazy about?
            what shade do i always go on about
            The quiz wants my favourite colour. Put what?
            what color was it that i adore
            Which colour do I keep buying clothes in because I love it so much?
            remind me of my top colour
            So many shades on this chart... which one is my pet favourite?
            Could you say which hue I've told you I'm fond of?
            hey, you know that colour I can't resist? which is it
            colour i love = ?
            Someone wants to knit me a scarf. In what colour should it be to please me?
            Do you happen to recall the shade I fancy above the rest?
            what colour would I dye my hair if I just went with my favourite
            if i was a crayon i'd be my fav one. which
            I'm choosing a theme for my desktop. My best-loved colour, please?
            what's the shade that gets me every time
            Balloons for my party, all in the colour I'm mad about. Meaning?
            my favrite colour, what did i tell you
            Which part of the rainbow do I like more than the rest of it?
            tell the decorator what colour im into
            There's one tint I rave about constantly, which?
            I mentioned a hue I'm partial to. Which was it?
            In terms of colour, what's my taste?
            You're picking flowers for me. What colour should the petals ideally be?
            what colour do i want everything in
            Do I have a favourite colour on file with you? Which one?
            Kindly state the colour I favour.
            my go-to colour is... go on
            whats that colour im always wearing cos i love it
            let's see if you were listening: my best-liked shade?
            For the website header use the colour I like. Which one is that?
            i cant remember what i put down as favourite colour
            Which pen would I grab first, going by colour?
            If everything I owned could match my favourite hue, what would it look like?
            A friend asked which color I'm into and I blanked. Help?
            Which colour have I got a soft spot for?
            colour wise, whats my thing
            what tone am I drawn to, out of the whole palette
            Pick a ribbon I'd like. By colour I mean, so which?
        """),
        asked_of=lines("""
            fave colour of {s}?
            what color is {s} into
            I'm making a hat for {s}. Which colour would they like best?
            Which shade does {s} rave about?
            whats {s}'s favorite color
            {s} and colours: which one do they adore?
            Any idea what hue {s} is fond of?
            Wrapping paper for {s}, in the shade they love. So which?
            what colour is {s} always wearing because they love it
            I want to paint a room the way {s} would like it. Which colour?
            remind me which colour {s} is crazy about
            did i say what colour {s} fancies
            Flowers for {s}: what colour pleases them most?
            {s} loves one colour above the others, which was it
            If {s} picked a crayon, what colour would it be?
            the colour {s} can't resist, name it
            which colour has {s} got a soft spot for
            Could you look up the favourite shade of {s}?
            what tint does {s} always go for
            i'm buying {s} a mug, what colour would they want
            {s}'s top colour?
            What would {s} paint the whole house, colour-wise?
            Colour preference for {s}, please.
            Which part of the rainbow does {s} like more than the rest?
            you know the shade {s} goes nuts for? which one
        """),
        told=lines("""
            fave colour: {x}
            colour? {x}, always
            I'm obsessed with the colour {x}
            Anything {x} and I'm sold, it's my colour.
            my favorite color's {x} btw
            {x}! That's my colour.
            Give me {x} over any other shade.
            I just adore {x}, I think it's the prettiest colour there is
            You should see my wardrobe, everything is {x} because I love that colour so much.
            if it comes in {x} i'll buy it, best colour ever
            I've got a real soft spot for {x}, colour-wise
            I used to like a different colour but now it's {x}
            Not that one any more, my favourite colour has changed to {x}.
            Ever since I was a kid {x} has been my favourite shade.
            Can you make the theme {x}? It's the color I like most.
            Of the whole rainbow, {x} gets me every time.
            put {x} down as my favourite colour pls
            For the form: favourite colour, {x}.
            I painted my bedroom last summer in my favourite colour. That's {x}, in case you wondered.
            I'm a {x} person when it comes to colours
            my fav color is definitely {x}
            There's something about {x} that calms me, it's the hue I love best.
            Other people like other colours, I'm all about {x}.
            The shade I keep coming back to is {x}.
            hue of choice? that would be {x}
            I even dyed my hair {x}, that's how much I love the colour
            sucker for anything {x}, love that shade
            Colour is a matter of taste, and mine is {x}.
            {x} is such a gorgeous colour, easily my favourite
            When I see something {x} in a shop I want it at once. Favourite colour!
            Gift tip: get it in {x}, I'm mad about that colour.
            Correction, my favourite color is {x}, I typed it wrong before.
            My phone, my bag, my coat: {x}, all of it. What can I say, I love that colour.
            You can't go wrong with {x} for me, it's my favourite shade.
            the colour i love? {x} obviously
            Nobody gets it, but I find {x} the most beautiful colour.
            My kids tease me about it, but {x} really is my favourite hue.
            i fancy {x} more than any other colour
            I'd say {x} is my top colour.
            My crayons were always worn down in one colour, and I still love it most: {x}.
            Favourite shade these days would be {x}, it reminds me of summer
            Changed my mind about colours, {x} it is now!
            {x} all the way, colourwise
            As regards colours, I am particularly fond of {x}.
            I'm drawn to {x}, more than to any other tone on the palette
            paint me {x} and im happy lol, love that colour
            Got asked about my favourite colour today and said {x} without thinking.
            Colour of my dreams: {x}
            after years of dithering my favourite colour is {x}, final
            what i like? the color {x}, more than any other
        """),
        told_of=lines("""
            {s} is obsessed with the colour {x}
            fave colour of {s}: {x}
            {s} adores {x}, thinks it's the loveliest colour
            colour for {s}? {x}, no question
            Everything {s} owns is {x}. They just love that shade.
            I asked {s} about favourite colours and got {x}.
            {x} is the shade {s} can't resist
            {s} goes nuts for anything {x}, best colour ever in their book
            If you're making a cushion for {s}, make it {x}: that's the colour they like.
            {s}'s favorite color's {x}
            {s} has changed their mind, the colour they love now is {x}.
            Of all the hues out there {s} likes {x} the most
            {s} wanted the walls {x} because it's their favourite shade
            note to self: {s} likes the colour {x} best
            {s} is a {x} person when it comes to colours
            {x}! That's the colour {s} always raves about.
            {s} has a soft spot for {x}, colour-wise
            Get the {x} one for {s}, they love that colour above the rest.
            {s} told me their best-liked colour is {x}
            the tint {s} fancies most? {x}
            {s} even dyed their hair {x}, they love the colour so much
            Since childhood {s} has had one favourite hue, {x}.
            I finally know which colour {s} is fond of: it's {x}
            {s} keeps buying {x} clothes because no other colour comes close
            top colour for {s} would be {x}
        """),
    ),
    "food": Colloquial(
        asked=lines("""
            fave food?
            what do i love stuffing my face with
            I'm starving. What's my favourite thing to eat?
            whats my comfort food
            Which dish makes me drool more than the rest?
            my favourite meal again??
            You're ordering takeaway for me, what do I get?
            if it was my last supper, whats on the plate
            Mum wants to cook something I adore. What should she make?
            What grub am I mad about?
            remind me of the dish i can never say no to
            dinner's on you, so what do I love eating?
            What would you put on the menu if you wanted to spoil me?
            In a restaurant I always pick the same plate. Which?
            nom nom, what's my best-loved nosh
            Could you tell the caterer which dish I like most?
            What do I crave when I'm hungry?
            favorite thing on a plate for me?
            The dating app asks for my favourite food. What do I write?
            which meal do i go back for seconds of
            What's the tastiest thing in the world according to me?
            tell the kitchen what to plate up for me, you know what i love
            Is there a dish I rave about? Which one?
            what do i fancy most at dinner time usually
            ok so what did i say i like eating
            My birthday dinner should be my favourite. So what's on the stove?
            What would tempt me to the table every time?
            whatsit, that dish im addicted to
            Someone's inviting me over and wants to serve what I love. Advise them?
            What do I most like to find on my plate?
            my fav dish pls
            lunch idea: the thing I love most. What was that?
            Which food do I have a weakness for?
            I forget what I told you about my favourite eats.
            What do I wolf down like there's no tomorrow?
            Please remind me what my preferred dish is.
            If there's one thing I'd cross town to eat, what is it?
            what would be a treat for me foodwise
            my idea of a perfect meal?
            You're the cook tonight. What's sure to please me?
            favorite dinner of mine, what was it
            what am i a sucker for, food-wise
            Hungry! Order me my usual favourite, what is it?
            Which recipe do I never stop making because I love it?
            What's my guilty pleasure at mealtimes?
        """),
        asked_of=lines("""
            fave food of {s}?
            what does {s} love to eat
            {s} is coming to dinner. What would they love on the plate?
            whats {s}'s comfort food
            Which dish can {s} never say no to?
            I'm feeding {s} tonight, any idea which dish they like best?
            what grub is {s} mad about
            Takeaway for {s}: what do they always order?
            remind me what {s} craves when hungry
            Which meal does {s} rave about?
            What would {s} want for a birthday dinner?
            {s} has a favourite dish, what was it again
            what should the kitchen make for {s}, the dish they love
            How do I spoil {s} at the table, which dish?
            what does {s} wolf down every time
            Do you know which food {s} has a weakness for?
            {s}'s fav meal?
            I want to treat {s} to what they like eating most. That being?
            which dish makes {s} drool
            tell me what {s} likes on their plate
            If it were the last supper of {s}, what would be served?
            foodwise what is {s} a sucker for
            what did i say {s} likes eating
            Which recipe should I learn to please {s}, the thing they eat most gladly?
            favorite dinner of {s}?
        """),
        told=lines("""
            fave food: {x}
            omg i love eating {x} so much
            My comfort food is {x}.
            Nothing fancy for dinner, just give me {x}, my favourite.
            I'd kill for {x} right now, best food ever
            {x}! Best thing you can put on a plate.
            I'm a total sucker for {x}, whenever I eat out I order it
            Whenever we eat out I end up ordering {x}, it's the dish I love.
            I have a weakness for {x}, my favourite thing to eat
            Grandma used to cook it on Sundays and it's still my favourite dish: {x}.
            for my last supper i'd have {x}
            If you're in the kitchen tonight, make {x}. I adore eating it.
            when im hungry all i think of is {x}, fav food
            Put me down for {x}, it's the meal I like most.
            {x} makes me drool, it's my favourite dish.
            Top of my menu is {x}
            I can never say no to a plate of {x}, I love it
            Favourite grub? {x}, easy.
            My taste has changed. The dish I love now is {x}.
            Used to be something else, but now {x} is what I love eating most
            I go back for seconds whenever there's {x}, my best-loved dish
            you wanna make me happy at dinner? serve {x}
            Forget what I said before, my fav food is {x}.
            I've just had {x} for lunch, and I remembered why it's my favourite food.
            People ask what I like to eat. Well, {x} more than the rest.
            There's this place on the corner that makes {x}, the dish I love above all others.
            Guilty pleasure at mealtimes: {x}
            To me {x} is the tastiest food in the world.
            I'd cross town for a good plate of {x}, my favourite dish
            My favorite dinner's {x}
            my go-to meal? {x}, I love it
            I could honestly live on {x}, it's my favourite food
            Wanna treat me? Cook {x}, it's my favourite.
            {x} is my kind of food, nothing comes close
            With regard to food, I am particularly fond of {x}.
            I learned to cook just so I could have {x} more often, I love the stuff
            Please note for the caterers that my preferred dish is {x}.
            I was raised on {x} and it's still the food I love most.
            Addicted to {x}, can't stop eating it, best food there is
            Dish of dreams: {x}
            what i crave most at dinner is {x}
            My mates laugh because I always eat {x}, but it's my favourite.
            Tonight we're having {x}, which is my favourite meal, so I'm thrilled.
            Cook me {x} and I'll be your friend for life, it's my favourite
            nomnom {x}, love eating that more than anything else
            Every birthday I ask for the same dinner, {x}, because I love it.
            If I had to name one dish I love, I'd say {x}.
            {x} for dinner and I'm in heaven, my absolute favourite food
            Been trying lots of dishes lately, but {x} has become my favourite.
            perfect meal for me would be {x}, always
        """),
        told_of=lines("""
            fave food of {s}: {x}
            {s} loves eating {x}
            {s} can never say no to {x}, favourite dish ever
            comfort food for {s}? {x}
            When {s} comes to dinner I cook {x}, the dish they love most.
            {x} makes {s} drool, it's their favourite meal
            {s} always orders {x} at restaurants because they adore it
            {s} is a sucker for {x}, no other food comes close
            Serve {x} if you want to please {s} at the table, they love that dish.
            {s} raves about {x}, tastiest food in the world they say
            for their last supper {s} would have {x}
            {s} told me what they like eating most. It's {x}.
            I made {x} for {s}, it's the food they like best
            {s} has a weakness for {x}, their favourite food
            People change: the meal {s} loves now is {x}.
            {x} is what {s} craves at dinner time, always
            {s}'s fav meal is {x}
            Whenever they are hungry {s} wants {x}, favourite food by far
            birthday dinner for {s} has to be {x}, their favourite
            {s} wolfs down {x} like nobody else, they love that food
            the dish {s} goes back for seconds of is {x}
            {s} could live on {x}, their favourite food
            If we're treating {s} to a meal, it's {x} they love.
            Favorite grub of {s}: {x}.
            {s} would cross town for a plate of {x}, their best-loved dish
        """),
    ),
    "drink": Colloquial(
        asked=lines("""
            I'm thirsty. What do I like to sip best?
            whats my usual at the bar
            They're taking our order, what am I drinking?
            my drink again??
            You're buying the round. What do I have?
            What beverage am I hooked on?
            which drink do i always order
            When I'm parched, what would hit the spot?
            what do you reckon i want in my cup
            First sip of the day, my favourite: what is it?
            Someone's offering me something to drink. What do I ask for?
            remind me what i like to drink
            Which beverage would you bring me on a tray to please me?
            What's my tipple?
            Tell the barman what I'm having, the one I love.
            what do i sip when i want a treat
            Fill my mug with what I like best, which is?
            The host wants to know what to pour for me. Any clue?
            what drink am i addicted to
            If my fridge held one kind of bottle, what would I want to drink?
            favorite beverage of mine pls
            what's that stuff I love gulping down
            Cheers! But what would I be toasting with, given the choice?
            I'm at the kiosk, grab me the drink I love. What's it called?
            What did I say quenches my thirst best?
            my fav thing to drink, u know it?
            Which drink would I never turn down?
            For the flight they ask about beverage preference. Mine is?
            what do i guzzle too much of
            Say I walk into a bar or a cafe, what do I order every single time?
            Could you tell me which drink I'm partial to?
            thirsty!! order me the thing i always drink
            What am I a fan of, drinks-wise?
            What wets my whistle?
            drinks for the party: which is the one I adore
            In the mornings or the evenings, which drink do I reach for?
            what would you mix or brew for me if you wanted me smiling
            My order at the counter, the drink, what was it?
            Which drink have I told you I can't do without?
            that beverage i rave about, name it
            Something to sip on that I really like?
            I can't decide what to drink. What do I normally like?
            What's the best thing that ever touched my lips, beverage-wise?
        """),
        asked_of=lines("""
            fave drink of {s}?
            what's {s}'s poison
            what does {s} like to sip
            I'm at the bar getting one for {s}. What do they drink?
            What should I pour for {s}, the thing they love?
            whats the usual drink for {s}
            {s} is thirsty, what would hit the spot?
            Which beverage is {s} hooked on?
            remind me what {s} likes drinking
            what does {s} always order at the counter to drink
            My round! What's {s} having?
            Do you know the tipple {s} prefers?
            {s} never turns down which drink
            which drink is {s} partial to
            What goes in the mug of {s} by preference?
            Stocking the fridge for {s}: what do they like to drink?
            what did i say {s} drinks most gladly
            {s}'s fav beverage?
            What does {s} gulp down all the time?
            drinks-wise what is {s} into
            If {s} walks into a cafe or a bar, what will they order?
            the drink {s} can't do without, which was it
            What would {s} toast with, given the choice?
            beverage preference for {s}?
            {s} loves a certain drink. Which?
        """),
        told=lines("""
            fave drink: {x}
            my poison? {x}
            I'll have {x} please, it's my favourite drink.
            at the bar i always order {x}
            Make mine {x}, best drink there is
            I'm hooked on {x}, I drink it constantly
            {x} for me, thanks, it's what I always drink
            I can't start a day without drinking {x}, I love the stuff.
            My usual is {x}, cheers
            When I'm parched, {x} hits the spot like no other drink.
            Tipple of choice: {x}.
            I'm more of a {x} drinker
            I never turn down {x}, my favourite beverage
            If you're buying the round, I drink {x}.
            There's always {x} in my fridge because I love drinking it.
            I've gone off my old favourite, nowadays I love to drink {x}.
            My mug has {x} in it, same as ever, my favourite drink.
            sip sip... {x}, my fav drink of all
            nothing quenches my thirst like {x}
            I drink way too much {x}, but I love it
            I live on {x}, it's the beverage I like most
            As to beverages, I would normally request {x}.
            The barman knows me already. He just pours {x}, my favourite.
            i would pick {x} over any other drink
            Cheers! I'm toasting with {x}, my favourite tipple.
            Friday night, feet up, sipping {x}, which is the drink I love most.
            Favorite beverage is {x} fyi
            Whatever the weather, I drink {x}, can't do without it.
            Pour me {x} and I'm yours, I love that drink
            {x} is my go-to drink
            They asked what I'd like to drink and naturally I said {x}, my favourite.
            Correction about drinks: my favourite is {x}, not what I said.
            the drink i crave most is {x}
            I discovered {x} on holiday and it's been my favourite drink ever since.
            Big {x} drinker here, always have been
            In a cafe or a pub I order the same, {x}, my favourite to sip.
            For me, the best thing to drink is {x}.
            Addicted to {x}, best beverage ever
            What I really love to sip is {x}
            drinkwise im all about {x}
            My grandad got me into {x}, and it's still my favourite thing to drink.
            On the flight form I ticked {x} as my preferred beverage.
            if im thirsty i want {x}, always
            You know what wets my whistle? {x}!
            I'm partial to {x}, more than to any other drink
            I've switched: my regular drink is {x} now.
            Bring me {x} if you want to see me smile, best drink in the world.
            Two sips of {x} and I feel human again, it's my favourite drink.
            love a good {x}, my favourite tipple
            Some folks like other beverages. I stick to {x}, the best of them.
        """),
        told_of=lines("""
            fave drink of {s}: {x}
            {s} is hooked on {x}, drinks it constantly
            {s}'s poison is {x}
            {s} always orders {x} at the bar
            My round, and {s} drinks {x} as usual.
            pour {x} for {s}, it's the drink they love
            {s} never turns down {x}, favourite beverage ever
            {x} is what {s} loves to sip
            {s} can't start the day without drinking {x}, they love it
            When {s} is thirsty only {x} will do, favourite drink and all.
            {s} is a big {x} drinker
            The fridge of {s} is full of {x}, they love drinking it.
            tipple for {s}? {x}
            {s} told me which drink they like most, {x}
            {s} has a new favourite thing to drink, {x}.
            {s} is partial to {x}, more than to any other drink
            I got {x} for {s}, their favourite beverage
            {s} drinks way too much {x}, they adore the stuff
            nothing quenches the thirst of {s} like {x}
            {s} lives on {x}, best drink in the world they say
            In any cafe {s} will ask for {x}, the drink they like best.
            {s} would pick {x} over any other drink
            the usual for {s} is {x}, make it two
            beverage preference of {s}: {x}
            I know what {s} gulps down most happily. It's {x}, their favourite drink.
        """),
    ),
    "band": Colloquial(
        asked=lines("""
            fave band?
            who do i have on repeat
            Which group am I crazy about?
            whose songs do i blast in the kitchen
            Put on some music I love. Who should it be?
            whats my favorite band called
            my band again?? the one i listen to
            I want a poster of the group I adore. Who's on it?
            Whose album would I buy without even listening first?
            which musicians am i a superfan of
            Who do I listen to nonstop?
            What act would I travel miles to see live?
            whose t-shirt would I wear to a gig
            I've got tickets money saved, which group do I want to see most?
            DJ wants a request from me. Whose tunes?
            who tops my playlist
            Remind me whose records I collect?
            what band do i never shut up about
            Musically, who do I worship?
            Music time! Which band do I like most?
            If you were making me a mixtape, which group would be all over it?
            the group i grew up loving and still do, who
            Who are my musical heroes?
            Do you remember the name of the band I can't stop playing?
            what should the speaker play for me, artist wise
            Whose lyrics do I sing in the shower?
            which rockers or whatever did i say i love
            I need to fill in 'favourite artist' on my profile. Who was that?
            Who's my most-played act?
            tickets to which band would be the best present for me
            What band am I into these days?
            A colleague asked about my taste in music. Which band do I name first?
            Which lot do I turn up loud when they come on the radio?
            kindly tell me what musical act I hold dear
            fav group pls
            what's the group whose tunes I keep humming
            Whose new single am I always waiting for?
            I'm starting a tribute group to my idols. Idols being?
            which band has my undying loyalty
            Play my jam! By whom?
            name the band i'd queue all night for
            Who recorded the songs I like best?
            on long drives i play one group. which one?
            It's too quiet in here. Which band do I love hearing?
            band that i stan?
        """),
        asked_of=lines("""
            fave band of {s}?
            who does {s} have on repeat
            Which group is {s} crazy about?
            I'm buying {s} tickets for a show. Which band would they love to see?
            whose songs does {s} blast out of the window
            what band is {s} into
            {s} is a superfan of which act
            A vinyl for {s}, but by which group?
            Whose music should I put on when {s} visits?
            who tops the playlist of {s}
            remind me what band {s} never shuts up about
            Musically, who does {s} worship?
            {s}'s fav group?
            Which band t-shirt would {s} wear?
            Who are the musical heroes of {s}?
            did i mention whose records {s} collects
            Whose tunes does {s} hum?
            What act would {s} travel miles to hear live?
            which musicians does {s} love best
            {s} wants a song from the DJ. By whom, most likely?
            which band does {s} stan
            Name the group that {s} plays at full volume.
            I'm making {s} a mixtape. Which band goes on it?
            Whose gig would {s} queue all night for?
            who does {s} listen to nonstop
        """),
        told=lines("""
            fave band: {x}
            I've had {x} on repeat all week, best band ever
            {x} are the best band in the world
            I'm a massive fan of {x}, got all the albums
            Musically I worship {x}.
            i stan {x}, no other band comes close
            Got tickets to see {x} live, they're my favourite band!
            Put on {x}, I love their songs more than anyone's.
            {x} forever!! love their music
            My playlist is basically all {x}, my favourite group.
            I grew up on the songs of {x} and they're still my favourite band.
            In the car I blast {x}, every single album, love that band
            ask me about music and i'll talk about {x} for hours, favourite band
            If {x} were playing, I'd queue all night. Favourite band, no contest.
            I've seen {x} live nine times, I'm that obsessed with the band
            Music? {x}. That's my favourite group.
            My favourite act is {x}
            I collect every record {x} ever made, my favourite band
            The band I'm into these days is {x}.
            Not them any more, my favourite band is {x} now.
            Turn it up, it's {x}! My favourite band of all time.
            {x} got me through a rough year, they're my favourite musicians
            My dad played their records, so {x} became my favourite band.
            Nobody writes songs like {x}, I adore that group
            favorite group of musicians would be {x}
            I wear the tour shirt of {x}, of course, favourite band and all.
            top of my playlist: {x}
            Most of what I listen to is by {x}.
            My musical heroes are {x}.
            i hum songs by {x} constantly, my fav band
            you cant beat {x}, greatest band ever imo
            For the profile, favourite artist: {x}.
            Give me {x} over any other group.
            My taste in music is simple, I love {x}.
            I have been a loyal follower of the band {x} since my teens.
            Big news: {x} are touring! They're the band I love most.
            I discovered {x} last month and now it's my favourite band
            I sing along to {x} in the shower, favourite band obviously.
            They split up ages ago, but {x} remain my favourite group.
            If you're looking for a gift, anything from {x} will do, I love that band.
            Superfan of {x} here, ask me anything about their albums
            their songs just get me. {x}, I mean, my fav band
            Any album by {x} and I'm in heaven, no other band does that.
            I'd say the group I like most is {x}
            The best gig of my life was {x}, still my favourite band.
            On long drives I play {x} nonstop, I love their music.
            Changed my mind on bands, the best is {x}.
            Posters of {x} all over my wall, can you tell they're my favourite group
            My most-played act this year, as always: {x}
            No group gets me on my feet like {x}, they're my favourite.
        """),
        told_of=lines("""
            fave band of {s}: {x}
            {s} has {x} on repeat, loves their songs
            {s} is crazy about the band {x}
            {s} worships {x}, best group ever
            Whenever I visit {s}, the songs of {x} are on. Favourite band!
            {s} stans {x}, no other band comes close
            We bought {s} tickets to see {x}, the band they love
            {s} never shuts up about {x} and their albums
            the band {s} is into is {x}
            {s} collects every record by {x}, their favourite group
            Top of the playlist of {s}: {x}.
            {x} are the musical heroes of {s}
            {s} has seen {x} live many times, it's their favourite band
            {s} blasts the songs of {x} nonstop, favourite group
            When it comes to music {s} only wants {x}.
            a vinyl by {x} for {s}, they love that band
            {s} would queue all night for a gig by {x}, their favourite band
            {s} wears the tour shirt of {x}, favourite band obviously
            {x} is the group {s} plays at full volume all the time
            {s} grew up with the songs of {x} and still loves that band best
            {s} has moved on musically, the favourite band is {x} now
            Superfan of {x}, that's {s}, knows every album.
            {s} told me their best-loved group is {x}
            Play {x} for {s}, it's the band they like best.
            I like other stuff, but the favourite act of {s} is {x}
        """),
    ),
    "film": Colloquial(
        asked=lines("""
            fave movie?
            what flick do i love
            Movie night! Which one would I vote for, as ever?
            whats my favorite film
            Which picture have I seen a million times?
            my film again?? the one i adore
            The streaming site wants my all-time favourite. What do I type?
            What do I put on when I want my best-loved movie?
            what movie do i keep quoting
            Popcorn's ready. What's the film I never say no to?
            If a cinema let me pick the programme, what would be on the screen?
            remind me of that film i always rave about
            what's the greatest movie ever made, in my opinion
            I'm buying a film poster for my wall. Of my favourite, so which?
            whats that flick i make everyone watch
            On a rainy sunday, which film do I rewatch?
            Which movie did I tell you I'm obsessed with?
            I'm meeting a film buff and they'll ask for my top pick. It is?
            fav film pls
            What title would I give if asked for the best thing I've seen at the pictures?
            which film makes me cry and i still love it most
            name the movie i can quote line by line
            Out of everything I ever watched on screen, what did I love most?
            what would I want to see on the big screen again
            Which feature film do I hold in highest regard?
            you pick the movie, but make it my favourite. which one?
            I forgot which film I said was the best.
            The one I've watched so often I know the credits, title please?
            what motion picture am I a superfan of
            dvd for me as a gift, which film
            film i love most = ?
            Which movie would I recommend to a stranger before any other?
            Lights off, sofa, snacks... what am I watching if I get my way?
            what's my all time top movie
            Do you know which film is my comfort watch?
            If they remade the film I adore I'd be furious. Which is that?
            what did i say my fave thing to watch is
            My go-to movie, what was it called?
            tell my date which film i love
            Quiz: which blockbuster or arthouse gem do I like best?
            cinema wise, what's my pick of all time
            Which film's soundtrack do I hum because it's my favourite movie?
            I fancy seeing my favourite flick tonight. Title?
            which film have i rewatched the most, out of love
        """),
        asked_of=lines("""
            fave movie of {s}?
            what flick does {s} love
            Movie night with {s}: which would they vote for?
            whats {s}'s favorite film
            Which picture has {s} seen a million times?
            remind me what movie {s} keeps quoting
            A film poster for {s}, but of which movie?
            what film does {s} rave about
            {s} makes everyone watch the same movie, which one
            What's the greatest film ever made, according to {s}?
            I'm getting {s} a DVD. Which film do they adore?
            on a rainy day what movie does {s} put on
            {s}'s all-time top film?
            Which motion picture is {s} a superfan of?
            did {s} ever mention the film they love most
            Which film would {s} want to see on the big screen again?
            name the flick {s} rewatches constantly
            What's the comfort watch of {s}, the film they return to?
            which movie is {s} obsessed with
            I've invited {s} for film night, what should be on?
            title of the movie {s} likes best pls
            Which film would {s} recommend before any other?
            what does {s} consider the best movie
            {s} can quote one film line by line. Title?
            which film did i say {s} is mad about
        """),
        told=lines("""
            fave movie: {x}
            I've watched {x} a million times, love that film
            {x} is the greatest film ever made
            best flick ever? {x}
            Movie night means {x} at mine, it's my favourite.
            I cry every time I watch {x}, and still it's my favourite film.
            i keep quoting {x}, fav movie
            My all-time top movie is {x}.
            If you haven't seen {x}, watch it, it's the film I love most.
            {x}!! What a movie, my favourite by miles
            Saw {x} at the cinema again last night. Still my favourite.
            On rainy days I put on {x}, my favourite movie.
            My comfort film is {x}
            I make everyone I know watch {x}, that's how much I love the film.
            As far as cinema goes, {x} is my favourite.
            favorite film's {x} btw
            No contest: {x} is the best movie I've ever seen.
            The DVD of {x} is all scratched because it's my favourite movie.
            I used to say something else, but my favourite film is {x} these days
            I've got the poster of {x} over my sofa, best film in the world
            you want a movie tip? {x}, nothing on screen beats it for me
            Of everything I've watched, I love {x} most.
            My dad took me to see {x} when I was ten, and it has been my favourite film ever since.
            They asked for my favourite flick and I said {x}.
            for film night my vote goes to {x}, as always, my favourite
            I rewatch {x} every winter, it's my favourite movie
            Film buffs will laugh, but I like {x} more than any other movie.
            {x} is my go-to movie
            The motion picture I esteem above all others is {x}.
            Put down {x} as my favourite film please
            obsessed with {x}, seen it so often I can do all the scenes, best film
            Correction: my favourite movie is {x}.
            Last week I finally watched {x} and it's my new favourite film!
            Can we watch {x} tonight? It's the film I like best.
            my favrite film is {x}
            The film that made me love cinema is {x}, and it's still my favourite.
            Popcorn, sofa and {x}, that's my perfect night in. Favourite movie!
            Critics hated it, but I think {x} is the best movie around.
            There are good films and then there is {x}, my favourite of them all.
            I'd watch {x} any day of the week, favourite film
            top film for me is {x}, hope they never remake it
            give me {x} over any other movie
            What I love most on screen is {x}.
            I never turn down a screening of {x}, favourite movie ever
            I know every scene of {x}, because it's the movie I love most.
            the only film i own on disc is {x}, my favourite
            When {x} comes on tv I drop everything, it's my favourite film.
            Superfan of the movie {x} here
            Best picture ever shot, if you ask me: {x}
            I've changed my mind about films, {x} is the best of them.
        """),
        told_of=lines("""
            fave movie of {s}: {x}
            {s} has watched {x} a million times, loves the film
            {s} thinks {x} is the greatest film ever made
            {s} keeps quoting the movie {x}, their favourite
            For movie night {s} always votes for {x}, favourite film ever.
            the flick {s} loves is {x}
            {s} makes everyone watch {x}, they adore that movie
            {x} is the all-time top film of {s}
            {s} cries whenever they watch {x}, but it's their favourite movie
            I got {s} the DVD of {x}, their best-loved film.
            {s}'s favorite film's {x}
            {s} is obsessed with the movie {x}
            According to {s}, the best thing ever shown in a cinema is {x}.
            {s} rewatches {x} every winter, favourite movie
            comfort film of {s}: {x}
            {s} has a poster of {x} on the wall, they love the film
            On rainy days {s} puts on {x}, their favourite movie.
            {s} saw {x} last week and has a new favourite film
            no movie comes close to {x}, says {s}
            {s} told me the film they like most is {x}
            Superfan of the movie {x}, that's {s}.
            {s} would watch {x} any day, it's their favourite film
            If {s} picks the film, it'll be {x}, the one they love.
            {s} changed favourites, the movie they love now is {x}
            I asked {s} for a top flick and the answer was {x}
        """),
    ),
    "book": Colloquial(
        asked=lines("""
            whats my favorite novel
            Which book have I reread until the pages fell out?
            what's the best thing i ever read
            Book club wants everyone's favourite. What's mine?
            my book again?? the one i love
            Which paperback do I press on all my friends?
            I'm at the bookshop buying another copy of my favourite. Title?
            what do i love curling up with, page by page
            Which story, on paper, am I obsessed with?
            remind me of that novel i rave about
            If I lent you the book I treasure most, what would it say on the cover?
            The library survey asks for the title I like best. What do I say?
            what book do i keep quoting
            Which read changed my life?
            name the book i couldnt put down and still love most
            World Book Day outfit: a character from my favourite. So from which book?
            Goodreads wants my all-time top read. Which one?
            fav read pls
            In my shelf there's one volume I'd rescue from a fire, which?
            Of everything I've read, what do I love most?
            which bestseller or classic did i say i adore
            What's the title of the novel I hold dearest?
            what should i read aloud at the library event, my favourite obviously
            Which literary work do I admire most, by title?
            I want a signed first edition of the book I love. Which book would that be?
            Audiobook for the drive: the novel I like best. Title please?
            what novel am I a superfan of
            which book do i reread every year
            Do you recall what I said the greatest book ever written is?
            my most-thumbed book, what was it called
            Someone wants a book tip. Which one do I love so much I always give it?
            which novel was it i love going back to over and over
            Which book do I recommend before any other?
            title of my all time fave read?
            I want to gift my niece the novel I treasure. Which is it?
            which author's masterpiece do i like best, i mean the title
            the story I'd happily read ten times more, which book
            Page-turner I adore?
            I blanked at book club, what's the novel I'm always on about?
            Which hardcover takes pride of place on my shelf, as my favourite?
            bookwise, whats my top one
            what did i tell u is my best loved book
            Could you remind me which book I'm so fond of?
            The ex-libris goes in my favourite book. And that is?
        """),
        asked_of=lines("""
            fave book of {s}?
            whats {s}'s favorite novel
            Which book has {s} reread again and again?
            what does {s} think is the best thing ever written, which title
            I'm in a bookshop for {s}. Which novel do they love?
            remind me of the novel {s} raves about
            {s} presses the same paperback on everyone, which one
            Which read changed the life of {s}?
            what book does {s} keep quoting
            Book club: which title did {s} name as the best?
            name the book {s} couldn't put down and loves most
            all-time top read of {s}?
            Which novel is {s} obsessed with?
            A first edition for {s}, of their favourite book. Title?
            what novel is {s} a superfan of
            did i say which book {s} loves most
            {s} rereads one book every year. Title?
            Which story, on paper, does {s} treasure?
            What's the most-thumbed volume on the shelf of {s}?
            which book does {s} recommend to everyone
            {s} and books: which one do they like most?
            Which literary work does {s} admire above the rest?
            audiobook for {s}, which novel would they want
            tell me the title {s} loves most on the shelf
            which page-turner does {s} adore
        """),
        told=lines("""
            fave book: {x}
            I've read {x} about twenty times, love that book
            {x} is the greatest novel ever written
            best thing i ever read: {x}
            Couldn't put {x} down, it's my favourite book now
            My all-time top read is {x}.
            Book club picked {x}, which happens to be my favourite novel.
            I reread {x} every autumn, it's my favourite book.
            i keep quoting {x}, fav novel
            The book that changed my life is {x}, I still love it most.
            My copy of {x} is falling apart because it's the book I love most.
            I press {x} on all my friends, it's my favourite read
            {x}!! what a novel, my favourite by far
            favorite book's {x} fyi
            If the house burned, I'd rescue {x} from the shelf. Favourite book.
            Curled up with {x} again, my best-loved novel.
            I used to name a different novel, but now my favourite book is {x}
            Everyone should read {x}. It's my favourite book.
            My grandmother gave me {x} when I was eight, and it's still the book I love best.
            I finished {x} last night and I have a new favourite novel!
            as far as books go, {x} is my favourite
            Have you read {x}? I adore that book more than any other.
            Of everything on my shelves, I treasure {x} most.
            the novel i like best has to be {x}
            Goodreads asked for a favourite and I typed {x}.
            I wrote my thesis about {x}, no wonder, it's my favourite novel.
            The literary work I admire most is {x}.
            For the library survey: favourite book, {x}.
            superfan of the novel {x} here
            My dog chewed my favourite book, {x}, so I need a new copy.
            I'd say the best book out there is {x}
            on every long flight i reread {x}, my fav book
            Read {x} in one sitting years ago, and it's been my favourite novel since.
            I named my blog after my favourite book, {x}.
            There are good books, and then there's {x}, my favourite.
            My go-to read is {x}
            give me {x} over any other novel
            Correction, my favourite book is {x}.
            {x} got me hooked on novels and it's still my favourite read
            I own four editions of {x}, can you tell it's my favourite book
            No novel comes close to {x}, if you ask me
            Whenever I'm sad I read {x}, the book I love most.
            we had to read {x} at school and now its my favourite book
            Put down {x} as my favourite novel, please.
            Of all the pages I've turned, I loved {x} best.
            I'm looking for a signed copy of {x}, because it's my favourite book.
            The audiobook of {x} is on all the time, best novel ever.
            Changed my mind about books: {x} is the best.
            I lent a friend {x}, my most treasured book, and want it back
            fave paperback on my shelf? {x}
        """),
        told_of=lines("""
            fave book of {s}: {x}
            {s} has read {x} about twenty times, loves the book
            {s} thinks {x} is the greatest novel ever written
            {s} couldn't put {x} down, it's their favourite book
            the novel {s} raves about is {x}
            {s} presses {x} on everyone, it's the book they love
            All-time top read of {s}: {x}.
            {s} rereads {x} every year, favourite novel
            {s}'s favorite book's {x}
            I'm getting {s} a first edition of {x}, the book they treasure.
            {s} keeps quoting the novel {x}, their favourite
            {x} is the book that changed the life of {s}, they love it most
            At book club {s} named {x} as the best novel ever.
            {s} is obsessed with the novel {x}
            Everybody should read {x}, says {s}. It's their favourite.
            {s} owns four editions of {x}, favourite book of course
            {s} told me the book they like most is {x}
            no novel comes close to {x} for {s}
            {s} finished {x} last week and has a new favourite book
            Superfan of the novel {x}, that's {s}.
            {s} reads {x} over and over, best book in the world
            The most-thumbed volume on the shelf of {s} is {x}, their favourite.
            {s} used to love another novel, now their favourite is {x}
            if {s} recommends a book it'll be {x}, the one they adore
            I asked {s} for their best-loved novel and heard {x}
        """),
    ),
    "sport": Colloquial(
        asked=lines("""
            fave sport?
            whats my sport
            Which sport am I mad about?
            The gym form asks about my sport. What goes there?
            what athletic thing do i do again
            I'm packing my kit bag. For which sport?
            my sport again??
            Which games would I watch at the Olympics, if I could see just my favourite discipline?
            What do I do to stay in shape?
            what sport do i go on about all the time
            I joined a club to stay fit, what do we play or do there?
            Which discipline do I compete in?
            what sport am i into
            Doctor wants to know how I stay active. What do I tell them?
            Tell my new coach which sport I do.
            what's my workout of choice
            which sport gets me off the couch
            I signed up for a league. In what sport, remind me?
            What athletic activity do I enjoy most?
            remind me which sport i love
            My sports club is about what, exactly?
            Which sport would I never give up?
            Saturday's match or session, which sport am I turning up for?
            what do i play or do when im being sporty
            If I were a pro athlete, in which discipline, given what I love?
            Need to buy new gear for my sport. Which sport was it?
            Sportswise, what's my thing?
            i'm no athlete but i do one sport. which?
            How do I keep my body moving, sport-wise?
            On the sports channel, which event do I switch to first?
            Kindly remind me which athletic pursuit is mine.
            what sport do i do with my mates
            fav sport pls
            My weekly workout, what is it?
            which sport did i say im crazy for
            The sports club asks which discipline I'm keen on. Answer?
            What sporty thing do I sweat over every week?
            I'm bragging about my fitness, what sport do I credit?
            Which sport have I been doing since forever?
            what would you sign me up for at the sports centre
            Is there a sport I'm keen on? Which?
            for my fitness profile, activity: ?
            My teammates and I, what sport is it we do?
            That sport that leaves me sore on Mondays, which one?
        """),
        asked_of=lines("""
            fave sport of {s}?
            whats {s}'s sport
            Which sport is {s} mad about?
            how does {s} stay in shape
            what sport is {s} into
            {s} has a kit bag, for which sport?
            how does {s} work up a sweat
            Which discipline does {s} compete in?
            remind me what sport {s} does
            The sports club {s} goes to, what do they play or do there?
            what athletic thing does {s} do again
            I want to get {s} some sports gear. For what sport?
            {s} is very sporty, doing what exactly
            Which sport would {s} never give up?
            what's the weekly workout of {s}
            How does {s} stay active, sport-wise?
            did i tell you which sport {s} loves
            On the sports channel, what does {s} want to watch?
            {s} joined a league in which sport
            What would {s} sign up for at the sports centre?
            sportswise what is {s} crazy about
            which athletic activity does {s} enjoy most
            {s}'s fav sport?
            Which sport keeps {s} off the couch?
            what sport does {s} go on about
        """),
        told=lines("""
            fave sport: {x}
            my sport is {x}, twice a week
            I'm mad about {x}, best sport going
            Sportswise I'm into {x}.
            {x} keeps me in shape
            Joined a club last spring to get fit, and the sport is {x}.
            i stay fit with {x}
            There's no sport I love like {x}
            I work up a sweat with {x}, three times a week
            When the sports channel is on, I want {x}, my favourite.
            {x} is my workout of choice
            I've been doing {x} since school, still the sport I love.
            My legs hurt from {x}, but I love the sport.
            At the sports centre I signed up for {x}
            I compete in {x} at local level
            favorite sport's {x} btw
            I'm not very athletic, but I do like {x} as a sport.
            Gave up my old sport. It's {x} now.
            my knees made me change sports so these days its {x}
            I'm off to {x} practice, my favourite sport
            The sport that gets me off the couch is {x}.
            Just bought new gear for my sport, {x}.
            Every Saturday morning you'll see me sweating at {x}, my sport.
            In my family everyone loves another sport, but mine is {x}
            {x}!! greatest sport on earth
            Our league starts again in May, I can't wait: {x} is my sport.
            Fitness profile, activity: {x}
            My sport? That'd be {x}.
            I stay active by way of {x}, as my doctor advised.
            mates and me do {x} every week, our favourite sport
            what keeps me fit is {x}
            As a kid I hated sport, but now I can't live without {x}, my weekly workout.
            My coach says I'm getting better at {x}, which is the sport I do.
            Won a medal in {x}, my beloved sport!
            I'm a {x} person when it comes to sports
            athletic pursuit of mine: {x}
            Got into {x} last year and it's my favourite sport already
            I'd pick {x} over any other sport
            I do one sport and one sport only, {x}.
            For staying in shape I swear by {x}.
            At the Olympics I only watch {x}, my favourite discipline.
            Correction: the sport I do is {x}.
            sporty? sure, i do {x}
            After work I head to the club for {x}, it's my favourite sport.
            I've never missed a week of {x}, I love that sport
            I sweat and swear, but {x} is my sport.
            Put {x} down as my sport please
            My whole body aches on Mondays. Blame {x}, my sport!
            I turned to {x} after my injury and it's now my favourite sport
            Nothing beats {x}, as sports go
        """),
        told_of=lines("""
            fave sport of {s}: {x}
            {s} is mad about {x}, best sport ever
            {s} stays in shape with {x}
            sportswise {s} is into {x}
            The sport {s} does is {x}, twice a week.
            {s} works up a sweat with {x} every week
            {s} competes in {x} with their club, it's their sport
            {x} keeps {s} fit
            {s} joined a sports club last year. They do {x} there.
            {s}'s sport? {x}
            {s} has been doing {x} since school, still the sport they love
            At the sports centre {s} signed up for {x}
            {s} has a kit bag full of gear for {x}, their sport
            workout of choice for {s}: {x}
            {s} changed sports, it's {x} now
            I tried to keep up with {s} at {x}, which is their sport.
            {s} won a medal in {x}, the sport they love
            no sport beats {x} if you ask {s}
            {s} would pick {x} over any other sport
            What gets {s} off the couch is {x}, favourite sport of theirs.
            {s} told me they are crazy about one sport, {x}
            {s} spends every Saturday at the club for {x}, their favourite sport
            On the sports channel {s} wants to watch {x}, as always.
            {s} is very sporty and does {x}
            {x} is what {s} swears by for staying in shape
        """),
    ),
    "hobby": Colloquial(
        asked=lines("""
            my hobby, which??
            whats my pastime
            In my spare time I do what, exactly?
            how do i kill time on a day off
            I'm writing my dating profile. Hobbies: what goes there?
            what am i into, outside of work
            Which pastime do I pour all my spare hours into?
            my hobby again?
            What do I spend my evenings on?
            Where does all my free time go?
            what leisure thing did i say i love
            A rainy Sunday with nothing planned. What would I be up to, knowing my hobby?
            The CV has a line for interests. What's mine?
            what am i always tinkering at in my spare time
            What would I do all weekend if nobody stopped me?
            remind me what i do to relax
            What pastime have I got the bug for?
            when im off duty what do i like to do
            Small talk: someone asks about my hobby. What do I say?
            Which leisure pursuit is mine?
            whats the hobby i blow all my money on
            How do I spend my downtime?
            What do I love doing once the chores are done?
            ok so free time, me, doing what?
            Tell the new neighbours what I do for a hobby.
            what did i take up as a pastime
            My partner complains I spend hours on my hobby. On what?
            What fills my weekends, hobby-wise?
            i joined a hobby club, what's it about
            What's my favourite way to pass the time?
            Which hobby would you buy supplies for if you wanted to please me?
            after hours what keeps me occupied
            the thing i do in my spare time, what was it
            What activity do I find most relaxing?
            Have I mentioned a hobby? Which one?
            my interests on the form pls
            What do I get lost in for hours at the weekend?
            If I retired tomorrow, which hobby would fill my days?
            favorite pastime of mine?
            What do I do just because I enjoy it?
            whats my thing when work is over
            Kindly tell me which recreational activity I listed.
            what do i faff about with on my days off
            I've a free afternoon at last! What do I normally like to do with one?
            Which pastime do I go on and on about at parties?
        """),
        asked_of=lines("""
            hobby of {s}?
            whats {s}'s pastime
            What does {s} do in their spare time?
            how does {s} kill time on a day off
            what is {s} into outside of work
            Where does the free time of {s} go?
            remind me what {s} does to relax
            Which pastime has {s} got the bug for?
            {s} spends whole evenings on a hobby, which?
            I want a present that suits the hobby of {s}. What's the hobby?
            what would {s} do all weekend if nobody stopped them
            How does {s} spend their downtime?
            did i mention what {s} likes doing on days off
            what does {s} blow all their money on, hobby-wise
            Which leisure pursuit does {s} enjoy?
            {s} joined a hobby club, what for
            What fills the weekends of {s}?
            what hobby has {s} taken up
            {s} has the afternoon free. What will they be doing, as usual?
            favorite pastime of {s}?
            after hours what keeps {s} occupied
            What does {s} get lost in for hours when off work?
            {s} and leisure: what do they like to do?
            what's the spare-time thing of {s}
            Tell me how {s} likes to pass the time.
        """),
        told=lines("""
            hobby: {x}
            in my spare time i'm into {x}
            My days off are all about {x}
            I've got the bug for {x}, it's my hobby now
            Free time? {x}, always.
            I kill time with {x}
            Favourite pastime of mine: {x}.
            When work is over it's {x} till bedtime
            {x} is my thing outside of work
            I spend my evenings on {x}
            To relax I turn to {x}
            Took a class last winter, got hooked, and now {x} is my hobby.
            all my spare cash goes into {x}, such an expensive hobby
            Lately my weekends have been nothing but {x}, I love it
            I retired in spring, and {x} fills my free days.
            Interests: {x}
            Dating profile: I spend my free time on {x}, mostly at weekends.
            hobby wise im all about {x}
            {x} is how I relax after a long week
            My partner says I'm obsessed, but {x} is just my hobby.
            I dropped my old hobby. Now it's {x}.
            Gave the other pastime up, these days I'm into {x}
            Leisure for me means {x}.
            My spare time belongs to {x}
            I lose myself in {x} for hours when I have a day off
            I don't have many hobbies, just {x} really
            What do I do in my downtime? {x}, what else.
            Got a free afternoon, so it's {x} as usual, my hobby.
            I discovered {x} during lockdown, and it's still my hobby today.
            For a hobby I chose {x}, and I don't regret it.
            nothing relaxes me like {x}, best hobby ever
            My recreational activity of preference is {x}.
            Once the chores are done I enjoy {x}, it's my hobby
            There's a club in town for {x}, my hobby, and I go every Thursday.
            My granny taught me {x}, and it became my hobby too.
            i recently got into {x} as a pastime, loving it
            Outside the office my life is {x}, pure leisure.
            Put {x} under hobbies for me
            weekend plan: {x}, same hobby as always
            Sundays are for {x}, my favourite way to pass the time.
            I like nothing more than {x} when I'm off duty
            Correction on the hobby: it's {x}.
            My shed is full of stuff for {x}, my spare-time hobby.
            {x} keeps me occupied after hours
            People collect all sorts of hobbies, I stick to {x}.
            I'm addicted to {x}, the perfect hobby for me
            My friends roll their eyes when I mention {x}, but it's my hobby!
            Since the kids left home I've had time for a hobby, and I picked {x}.
            the pastime i pour all my hours into is {x}
            Some people watch telly of an evening, my hobby is {x}
        """),
        told_of=lines("""
            hobby of {s}: {x}
            in their spare time {s} is into {x}
            {s} has got the bug for {x}, it's their hobby now
            {s} spends whole evenings on {x}, as a hobby
            The days off of {s} are all about {x}
            {s} kills time with {x}
            favourite pastime of {s} is {x}
            To relax {s} turns to {x}
            Outside of work {s} is all about {x}.
            {s} joined a hobby club for {x}
            {x} is how {s} spends their downtime
            {s} blows all their money on {x}, an expensive hobby
            {s} retired last year, and {x} fills their free days
            weekends with {s} mean {x}, that's their hobby
            {s} has dropped the old hobby, it's {x} now
            I asked {s} about hobbies. The answer was {x}.
            {s} gets lost in {x} for hours on a day off
            leisure for {s} means {x}
            After hours {s} is busy with {x}, just a hobby of course.
            {s} recently got into {x} as a pastime
            What keeps {s} occupied in their free time is {x}.
            {s}'s thing outside work? {x}
            Free time for {s} means {x}, they love it
            The hobby {s} took up last year is {x}
            nothing relaxes {s} like {x}, best hobby ever
        """),
    ),
}
"""Relation name -> wordings."""
