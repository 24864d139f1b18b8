package cases

import "strings"

// registeredCode reports whether IANA has registered the subject and detail of a code,
// and the replies that usually carry it, as a pattern of Reply.Is; "": all, or not told.
//
// It is the registry "Simple Mail Transfer Protocol (SMTP) Enhanced Status Codes" as of
// 2024-12-06: RFC 3463 3 and what RFC 3886, 4468, 4954, 5248, 6531, 6710, 7293, 7372,
// 7504, 7505, 8617 and 8689 have added. X.7.28 is of no RFC; RFC 4865 adds none.
func registeredCode(code string) (basic string, known bool) {
	_, detail, _ := strings.Cut(code, ".")
	basic, known = statusCodes()[detail]
	return basic, known
}

func statusCodes() map[string]string {
	return map[string]string{
		"0.0": "",

		"1.0": "", "1.1": "451 or 550", "1.2": "", "1.3": "501", "1.4": "", "1.5": "250", "1.6": "", "1.7": "",
		"1.8": "451 or 501", "1.9": "", "1.10": "556",

		"2.0": "", "2.1": "", "2.2": "552", "2.3": "552", "2.4": "450 or 452",

		"3.0": "221 or 250 or 421 or 451 or 550 or 554", "3.1": "452", "3.2": "453 or 521", "3.3": "", "3.4": "552 or 554",
		"3.5": "", "3.6": "250 or 251",

		"4.0": "", "4.1": "451", "4.2": "421", "4.3": "451 or 550", "4.4": "", "4.5": "451", "4.6": "", "4.7": "",

		"5.0": "220 or 250 or 251 or 252 or 253 or 451 or 452 or 454 or 458 or 459 or 501 or 502 or 503 or 554",
		"5.1": "430 or 500 or 501 or 503 or 530 or 550 or 554 or 555", "5.2": "500 or 501 or 502 or 550 or 555", "5.3": "451",
		"5.4": "451 or 501 or 502 or 503 or 504 or 550 or 555", "5.5": "", "5.6": "500",

		"6.0": "", "6.1": "", "6.2": "", "6.3": "554", "6.4": "250", "6.5": "", "6.6": "554", "6.7": "550 or 553",
		"6.8": "252 or 550 or 553", "6.9": "550", "6.10": "", // 6.10 is deprecated

		"7.0": "220 or 235 or 450 or 454 or 500 or 501 or 503 or 504 or 530 or 535 or 550",
		"7.1": "451 or 454 or 502 or 503 or 533 or 550 or 551", "7.2": "550", "7.3": "", "7.4": "504", "7.5": "", "7.6": "",
		"7.7": "", "7.8": "535 or 554", "7.9": "534", "7.10": "523", "7.11": "524 or 538", "7.12": "422 or 432", "7.13": "525",
		"7.14": "535 or 554", "7.15": "4yz or 5yz", "7.16": "4yz or 5yz", "7.17": "5yz", "7.18": "5yz", "7.19": "5yz",
		"7.20": "550", "7.21": "550", "7.22": "550", "7.23": "550", "7.24": "451 or 550", "7.25": "550", "7.26": "550",
		"7.27": "550", "7.28": "", "7.29": "550", "7.30": "550",
	}
}
