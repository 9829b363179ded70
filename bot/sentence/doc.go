// Package sentence reads a plain question, in Chinese, English or both, into one line of the command grammar.
//
//  1. Normalize folds widths, case and spaces, writes Chinese numbers as digits and drops mentions of the bot.
//  2. The segmenter splits the text into the fewest tokens that leave the fewest characters unknown. A token comes from the
//     lexicon, from the names of departments and apps, or from the forms of dates, times and numbers.
//  3. Neighbouring tokens are merged: the two ends of a range, a year and its month, a department and one below it.
//  4. A frame collects what the tokens say: metrics, cycles, periods, abilities, departments, apps, and what is to be done.
//  5. What the platform cannot give is refused first, with the nearest thing that exists.
//  6. A word that is not known, or a name of several things, is asked about. It is never dropped, and nothing is guessed.
//  7. A change, such as a subscription, becomes a line that a person has to confirm.
//  8. A follow-up begins with the previous line of the same person and replaces what it names.
//  9. A period that is not named stays out of the line, so that the command chooses the newest complete one.
//  10. The package makes no calls and keeps no state. The same input always gives the same Reading.
package sentence
