-- The names under which clients call the functions.

redis.register_function('sentuh_load', load)
redis.register_function('sentuh_there', there)
redis.register_function('sentuh_commit', commit)
redis.register_function('sentuh_settle', settle)
redis.register_function('sentuh_unsettled', unsettled)
redis.register_function('sentuh_due', due)
redis.register_function('sentuh_epoch', epoch)
redis.register_function('sentuh_lead', lead)
redis.register_function('sentuh_fold', fold)
redis.register_function('sentuh_peek', peek)
redis.register_function('sentuh_open', open_epoch)
